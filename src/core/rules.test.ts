/** Channel names as attackers write them, and who may do what. */
import { describe, expect, test } from 'bun:test'
import { ClientError } from './errors.ts'
import { type Action, type Namespace, type Naming, Rules } from './rules.ts'

const naming: Naming = {
  maxLength: 255,
  privatePrefix: '$',
  namespaceBoundary: ':',
  userBoundary: '#',
  userSeparator: ',',
}

const nothing: Namespace = {
  name: '',
  retention: undefined,
  allowPositioning: false,
  forcePositioning: false,
  allowRecovery: false,
  forceRecovery: false,
  forceRecoveryMode: 'stream',
  autoCacheRecover: false,
  deltaPublish: false,
  allowedDeltaTypes: [],
  allowTagsFilter: false,
  presence: false,
  joinLeave: false,
  forcePushJoinLeave: false,
  allowSubscribeForClient: false,
  allowSubscribeForAnonymous: false,
  allowPublishForClient: false,
  allowPublishForAnonymous: false,
  allowPublishForSubscriber: false,
  allowHistoryForClient: false,
  allowHistoryForAnonymous: false,
  allowHistoryForSubscriber: false,
  allowPresenceForClient: false,
  allowPresenceForAnonymous: false,
  allowPresenceForSubscriber: false,
  allowManageForClient: false,
  allowManageForAnonymous: false,
  requireCreation: false,
  allowUserLimitedChannels: false,
  channelRegex: undefined,
  publicationDataFormat: '',
}

const rules = new Rules(naming, nothing, [
  { ...nothing, name: 'ns' },
  { ...nothing, name: 'any', channelRegex: /.*/u },
  { ...nothing, name: 'word', channelRegex: /^\p{L}+$/u },
])

/** The namespace, or the code. */
function place(channel: string, by = rules): string | number {
  try {
    return by.namespace(channel).name
  } catch (error) {
    if (error instanceof ClientError) return error.code
    throw error
  }
}

describe('a name', () => {
  test.each([
    ['news', ''],
    ['ns:news', 'ns'],
    ['ns:', 'ns'],
    ['ns:a:b', 'ns'],
    ['$news', ''],
    ['$ns:news', 'ns'],
    ['$$ns:x', 102], // only one prefix is one
    ['a b', ''],
    ['a*', ''], // no pattern, only a name
    ['{}[]>+#?%/..', ''],
    ['__proto__', ''],
    ['constructor:x', 102],
    ['__proto__:x', 102],
    [':news', 102],
    ['NS:news', 102],
    ['ns :news', 102],
    ['any:驿站', 'any'],
    ['any:', 'any'],
    ['word:Straße', 'word'],
    ['word:a1', 107],
    ['word:', 107],
    ['a'.repeat(255), ''],
    [`any:${'驿'.repeat(83)}`, 'any'], // 253 bytes
  ])('%p is in %p', (channel, expected) => expect(place(channel)).toBe(expected))

  test.each([
    ['nothing', ''],
    ['256 bytes', 'a'.repeat(256)],
    ['10 kB', 'a'.repeat(10_000)],
    ['256 bytes of UTF-8', `any:${'驿'.repeat(84)}`],
    ['a line break', 'a\nb'],
    ['a carriage return and a header', 'a\r\nX-Admin: 1'],
    ['NUL', 'a\u0000'],
    ['NUL in the namespace', 'n\u0000s:a'],
    ['an escape', 'a\u001b[2J'],
    ['DEL', 'a\u007f'],
    ['a blank before', ' a'],
    ['a blank behind', 'a '],
    ['only a blank', ' '],
    ['a number sign that looks like one', 'mine＃42'],
    ['a letter that looks like another', 'nеws'],
    ['a boundary that looks like one', 'ns：news'],
    ['a zero-width blank', 'a\u200bb'],
    ['half a pair', 'a\ud800'],
    ['a line break, where a regex allows all', 'any:a\nb'],
    ['NUL, where a regex allows all', 'any:\u0000'],
    ['a change of direction, where a regex allows all', 'any:\u202eabc'],
    ['a zero-width joiner, where a regex allows all', 'any:a\u200db'],
    ['half a pair, where a regex allows all', 'any:\udc00'],
    ['a line separator, where a regex allows all', 'any:a\u2028b'],
    ['a blank behind, where a regex allows all', 'any:a\u3000'],
  ])('with %s cannot be (107)', (_what, channel) => expect(place(channel)).toBe(107))

  test('may be written by other rules', () => {
    const other = new Rules({ ...naming, privatePrefix: '', namespaceBoundary: '::', maxLength: 10 }, nothing, [
      { ...nothing, name: 'ns' },
    ])
    expect(place('ns::a', other)).toBe('ns')
    expect(place('ns:a', other)).toBe('')
    expect(place('$a', other)).toBe('')
    expect(other.isPrivate('$a')).toBe(false)
    expect(place('a'.repeat(11), other)).toBe(107)
  })

  test('a regex with a memory gives the same answer twice', () => {
    const sticky = new Rules(naming, { ...nothing, channelRegex: /^a+$/u }, [])
    for (let n = 0; n < 3; n++) expect(place('aaa', sticky)).toBe('')
  })
})

describe('what is allowed', () => {
  const ann = { user: 'ann', insecure: false }
  const nobody = { user: '', insecure: false }
  const actions: Action[] = ['subscribe', 'publish', 'history', 'presence']
  const granted = (action: Action, whom: 'Client' | 'Anonymous' | 'Subscriber'): Partial<Namespace> => {
    const name = `allow${action.charAt(0).toUpperCase()}${action.slice(1)}For${whom}`
    expect(action === 'subscribe' && whom === 'Subscriber' ? true : name in nothing).toBe(true)
    return { [name]: true }
  }

  test.each(actions)('%s: nothing unless it is granted', (action) => {
    for (const asker of [ann, nobody])
      for (const subscribed of [true, false]) expect(rules.allows(action, asker, 'a', nothing, subscribed)).toBe(false)
  })

  test.each(actions)('%s: for users by the one option, for nobody only with the other', (action) => {
    const users = { ...nothing, ...granted(action, 'Client') }
    const all = { ...users, ...granted(action, 'Anonymous') }
    const strange = { ...nothing, ...granted(action, 'Anonymous') }
    expect([rules.allows(action, ann, 'a', users), rules.allows(action, nobody, 'a', users)]).toEqual([true, false])
    expect([rules.allows(action, ann, 'a', all), rules.allows(action, nobody, 'a', all)]).toEqual([true, true])
    expect([rules.allows(action, ann, 'a', strange), rules.allows(action, nobody, 'a', strange)]).toEqual([
      false,
      false,
    ])
  })

  test.each(['publish', 'history', 'presence'] as const)('%s: for subscribers while they are', (action) => {
    const namespace = { ...nothing, ...granted(action, 'Subscriber') }
    for (const asker of [ann, nobody]) {
      expect(rules.allows(action, asker, 'a', namespace, true)).toBe(true)
      expect(rules.allows(action, asker, 'a', namespace, false)).toBe(false)
    }
  })

  test('in a private channel only what needs no subscription', () => {
    const open = { ...nothing, allowSubscribeForClient: true, allowPublishForClient: true }
    expect(rules.allows('subscribe', ann, '$a', open)).toBe(false)
    expect(rules.allows('subscribe', { ...ann, insecure: true }, '$a', nothing)).toBe(true)
  })

  test.each([
    ['a#ann', true],
    ['a#bob,ann', true],
    ['a#bob#ann', true],
    ['a#ann#bob', false],
    ['a#bob', false],
    ['a#ann2', false],
    ['a#Ann', false],
    ['a#', false],
    ['a#,', false],
    ['a#bob, ann', false],
    ['#ann', true],
    ['ann', false],
    ['$a#ann', false],
  ])('to subscribe as ann to %p: %p', (channel, expected) => {
    expect(rules.allows('subscribe', ann, channel, { ...nothing, allowUserLimitedChannels: true })).toBe(expected)
    expect(rules.allows('subscribe', nobody, channel, { ...nothing, allowUserLimitedChannels: true })).toBe(false)
    expect(rules.allows('subscribe', ann, channel, nothing)).toBe(false)
  })

  test('a channel of other users is closed also where everybody may subscribe', () => {
    const open = { ...nothing, allowSubscribeForClient: true, allowSubscribeForAnonymous: true }
    expect(rules.allows('subscribe', ann, 'a#bob', { ...open, allowUserLimitedChannels: true })).toBe(false)
    expect(rules.allows('subscribe', ann, 'a#bob', open)).toBe(false)
  })
})
