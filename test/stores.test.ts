/** The promises of `Store`, each held by every store. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { MemoryStore } from '../src/stores/memory.ts'
import { openSqliteStore } from '../src/stores/sqlite.ts'
import { forever, last, ManualClock, randomFrom, refusal, temporaryFolder, text, until } from './stores-support.ts'
import type { Draft } from '../src/core/publication.ts'
import type { Query, Retention, Store } from '../src/core/store.ts'
import type { StreamChange } from '../src/core/stream.ts'

setDefaultTimeout(60_000) // against waiting for ever; how long a disk takes is not what is tested

type Scene = (scene: { store: Store; clock: ManualClock }) => Promise<void>

const stores: Record<string, (scene: Scene) => Promise<void>> = {
  memory: async (scene) => {
    const clock = new ManualClock()
    const store = new MemoryStore({ clock })
    await scene({ store, clock })
    await store.close()
  },
  sqlite: async (scene) => {
    using folder = temporaryFolder()
    const clock = new ManualClock()
    const store = await openSqliteStore({ file: join(folder.path, 'test.db'), clock })
    try {
      await scene({ store, clock })
    } finally {
      await store.close()
    }
  },
}

const offsets = async (store: Store, channel: string, retention: Retention, query: Query = { limit: Infinity }) =>
  (await store.read(channel, retention, query)).publications.map(({ offset }) => offset)

const fill = async (store: Store, channel: string, count: number, retention = forever) => {
  await Promise.all(Array.from({ length: count }, (_, at) => store.append(channel, text(at + 1), retention)))
}

for (const [name, withStore] of Object.entries(stores)) {
  const promise = (sentence: string, scene: Scene) => test(sentence, () => withStore(scene))

  describe(`the ${name} store`, () => {
    promise('counts the publications of each channel from 1, in the order of the calls', async ({ store }) => {
      const calls = Array.from({ length: 600 }, (_, at) => ({ channel: at % 3 === 0 ? 'a' : 'b', at }))
      const answers = await Promise.all(calls.map(({ channel, at }) => store.append(channel, text(at), forever)))
      for (const channel of ['a', 'b']) {
        const mine = calls.filter((call) => call.channel === channel)
        const { publications, top } = await store.read(channel, forever, { limit: Infinity })
        expect(publications.map(({ offset }) => offset)).toEqual(mine.map((_, at) => at + 1))
        expect(publications.map(({ data }) => data)).toEqual(mine.map(({ at }) => String(at)))
        expect(mine.map(({ at }) => answers[at]?.position)).toEqual(
          publications.map(({ epoch, offset }) => ({ epoch, offset })),
        )
        expect(top).toEqual({ epoch: top.epoch, offset: mine.length })
      }
    })

    promise('answers an append with its outcome, position and time', async ({ store, clock }) => {
      const { epoch } = (await store.read('news', forever, { limit: 0 })).top
      expect(await store.append('news', text('hi'), forever)).toEqual({
        outcome: 'appended',
        position: { epoch, offset: 1 },
        time: clock.now(),
      })
    })

    const drafts: Record<string, Draft> = {
      'JSON text to the letter': { data: '{"a" : 1e400,"b":12345678901234567890,"a":"\\ud800 驿站 \\u0000"}' },
      'an empty text': { data: '""' },
      bytes: { data: new Uint8Array([0, 255, 1, 254, 0]) },
      'no bytes at all': { data: new Uint8Array(0) },
      'a NUL in a text': { data: 'a\0b' },
      'who published': {
        data: '1',
        info: { user: '驿', client: 'c-1', connInfo: '{"n":"x"}', chanInfo: new Uint8Array([9, 0, 9]) },
      },
      'an anonymous publisher': {
        data: '1',
        info: { user: '', client: '', connInfo: new Uint8Array(0), chanInfo: undefined },
      },
      tags: { data: '1', tags: { lang: 'zh', ключ: 'знач\n"', ['__proto__']: 'inert', half: '\ud800' } },
      'no tags': { data: '1', tags: {} },
    }
    for (const [what, draft] of Object.entries(drafts))
      promise(`gives back ${what}`, async ({ store, clock }) => {
        const { position } = await store.append('c', draft, forever)
        const { publications } = await store.read('c', forever, { limit: 1 })
        expect(publications).toStrictEqual([
          { ...position, time: clock.now(), data: draft.data, info: draft.info, tags: draft.tags },
        ])
      })

    promise('keeps what was handed in, whatever the publisher does to it afterwards', async ({ store }) => {
      const buffer = new Uint8Array(100_000).fill(1)
      const data = buffer.subarray(10, 13)
      const tags: Record<string, string> = { a: '1' }
      const appended = store.append(
        'c',
        { data, tags, info: { user: '', client: '', connInfo: data, chanInfo: data } },
        forever,
      )
      buffer.fill(7)
      tags['a'] = '7'
      await appended
      const [publication] = (await store.read('c', forever, { limit: 1 })).publications
      expect(publication?.data).toEqual(new Uint8Array([1, 1, 1]))
      expect(publication?.info?.connInfo).toEqual(new Uint8Array([1, 1, 1]))
      expect(publication?.tags).toEqual({ a: '1' })
    })

    promise('takes any name for a channel as it is', async ({ store }) => {
      const names = [
        '__proto__',
        'constructor',
        "'; DROP TABLE channels; --",
        '%',
        '*',
        'A',
        'a',
        'a ',
        'é',
        'e\u0301',
        'a\0',
        'a\0b',
        '驿站',
      ]
      for (const [at, channel] of names.entries()) await store.append(channel, text(at), forever)
      for (const [at, channel] of names.entries()) {
        const { publications, top } = await store.read(channel, forever, { limit: 10 })
        expect([channel, top.offset, ...publications.map(({ data }) => data)]).toEqual([channel, 1, String(at)])
      }
    })

    promise('refuses text that UTF-8 cannot carry, instead of changing it', async ({ store }) => {
      const half = '\ud800'
      const tries = [
        store.append(half, text(1), forever),
        store.append('c', { data: `"${half}"` }, forever),
        store.append('c', text(1), forever, { idempotencyKey: half }),
        store.append('c', text(1), forever, { version: 1, versionEpoch: half }),
        store.append(
          'c',
          { data: '1', info: { user: half, client: '', connInfo: undefined, chanInfo: undefined } },
          forever,
        ),
        store.read(half, forever, { limit: 1 }),
        store.remove(half),
      ]
      for (const error of await Promise.all(tries.map((attempt) => refusal(attempt))))
        expect(error.temporary).toBe(false)
      expect(await offsets(store, 'c', forever)).toEqual([])
    })

    promise('reads pages forward and in reverse, without the publication they continue from', async ({ store }) => {
      await fill(store, 'c', 10)
      const page = (query: Query) => offsets(store, 'c', forever, query)
      expect(await page({ limit: 3 })).toEqual([1, 2, 3])
      expect(await page({ limit: 3, since: 0 })).toEqual([1, 2, 3])
      expect(await page({ limit: 3, since: 4 })).toEqual([5, 6, 7])
      expect(await page({ limit: 3, since: 9 })).toEqual([10])
      expect(await page({ limit: 3, since: 10 })).toEqual([])
      expect(await page({ limit: 3, since: 99 })).toEqual([])
      expect(await page({ limit: 3, reverse: true })).toEqual([10, 9, 8])
      expect(await page({ limit: 3, since: 5, reverse: true })).toEqual([4, 3, 2])
      expect(await page({ limit: 3, since: 1, reverse: true })).toEqual([])
      expect(await page({ limit: 3, since: 0, reverse: true })).toEqual([])
      expect(await page({ limit: 3, since: 99, reverse: true })).toEqual([10, 9, 8])
      expect(await page({ limit: Infinity })).toHaveLength(10)
      expect(await page({ limit: Infinity, reverse: true, since: 99 })).toHaveLength(10)
      const { publications, top } = await store.read('c', forever, { limit: 0 })
      expect([publications, top.offset]).toEqual([[], 10])
    })

    promise('ends a page before it is too large, but never before its first publication', async ({ store }) => {
      const sizes = [10, 10, 10, 500, 10, 0, 10]
      for (const size of sizes) await store.append('c', { data: new Uint8Array(size) }, forever)
      const page = (query: Query) => offsets(store, 'c', forever, query)
      expect(await page({ limit: 9, maxBytes: 30 })).toEqual([1, 2, 3])
      expect(await page({ limit: 2, maxBytes: 30 })).toEqual([1, 2])
      expect(await page({ limit: 9, maxBytes: 29 })).toEqual([1, 2])
      expect(await page({ limit: 9, maxBytes: 0 })).toEqual([1])
      expect(await page({ limit: 9, maxBytes: 30, since: 3 })).toEqual([4])
      expect(await page({ limit: 9, maxBytes: 30, since: 4 })).toEqual([5, 6, 7])
      expect(await page({ limit: 9, maxBytes: 30, since: 7 })).toEqual([])
      expect(await page({ limit: 9, maxBytes: 20, reverse: true })).toEqual([7, 6, 5])
      expect(await page({ limit: 9, maxBytes: 20, since: 5, reverse: true })).toEqual([4])
      expect(await page({ limit: 9, maxBytes: Infinity })).toHaveLength(7)
      const { top } = await store.read('c', forever, { limit: 9, maxBytes: 1 })
      expect(top.offset).toBe(7)
      await store.append('text', { data: JSON.stringify('x'.repeat(100)) }, forever)
      await store.append('text', { data: '1' }, forever)
      expect(await offsets(store, 'text', forever, { limit: 9, maxBytes: 102 })).toEqual([1])
      expect(await offsets(store, 'text', forever, { limit: 9, maxBytes: 103 })).toEqual([1, 2])
    })

    promise('keeps no more publications than the size, and never forgets the top', async ({ store }) => {
      await fill(store, 'c', 500, last(5))
      expect(await offsets(store, 'c', last(5))).toEqual([496, 497, 498, 499, 500])
      expect(await offsets(store, 'c', last(2))).toEqual([499, 500])
      expect(await offsets(store, 'c', last(5), { limit: 2, since: 3 })).toEqual([496, 497])
      expect(await offsets(store, 'c', last(5), { limit: 9, since: 498, reverse: true })).toEqual([497, 496])
      expect((await store.append('c', text(0), last(1))).position.offset).toBe(501)
      expect(await offsets(store, 'c', last(1))).toEqual([501])
    })

    promise('keeps publications for their age and not a millisecond longer', async ({ store, clock }) => {
      const aged = { ...forever, age: 1000 }
      for (let at = 0; at < 50; at++) {
        await store.append('c', text(at), aged)
        clock.advance(10)
      }
      clock.advance(490)
      expect((await offsets(store, 'c', aged))[0]).toBe(1)
      clock.advance(10)
      expect((await offsets(store, 'c', aged))[0]).toBe(2)
      clock.advance(480)
      expect(await offsets(store, 'c', aged)).toEqual([50])
      expect(await offsets(store, 'c', aged, { limit: 9, reverse: true })).toEqual([50])
      clock.advance(10)
      const { publications, top } = await store.read('c', aged, { limit: 9 })
      expect([publications, top.offset]).toEqual([[], 50])
      expect((await store.append('c', text('next'), aged)).position).toEqual({ epoch: top.epoch, offset: 51 })
    })

    promise('never lets time run backwards within a channel', async ({ store, clock }) => {
      const { time } = await store.append('c', text(1), forever)
      clock.advance(-7_200_000)
      expect((await store.append('c', text(2), forever)).time).toBe(time)
      expect((await store.append('other', text(2), forever)).time).toBe(clock.now())
      clock.advance(7_200_001)
      expect((await store.append('c', text(3), forever)).time).toBe(time + 1)
    })

    promise('gives an unwritten channel the epoch that its first publication will have', async ({ store }) => {
      const page = await store.read('quiet', forever, { limit: 10 })
      expect(page).toEqual({ publications: [], top: { epoch: page.top.epoch, offset: 0 } })
      expect(page.top.epoch).toMatch(/^[a-z]{8,}$/)
      await fill(store, 'loud', 3)
      await store.remove('quiet')
      expect(await store.read('quiet', forever, { limit: 10 })).toEqual(page)
      expect((await store.append('quiet', text(1), forever)).position).toEqual({ epoch: page.top.epoch, offset: 1 })
    })

    promise('forgets what is removed, and counts on', async ({ store }) => {
      await fill(store, 'c', 30)
      const { top } = await store.read('c', forever, { limit: 0 })
      await store.remove('c')
      expect(await store.read('c', forever, { limit: 10 })).toEqual({ publications: [], top })
      expect((await store.append('c', text(1), forever)).position).toEqual({ ...top, offset: 31 })
      expect(await offsets(store, 'c', forever)).toEqual([31])
      expect(await offsets(store, 'c', forever, { limit: 10, since: 40, reverse: true })).toEqual([31])
    })

    promise('forgets what lies before an offset, and nothing else', async ({ store }) => {
      await fill(store, 'c', 300)
      const { top } = await store.read('c', forever, { limit: 0 })
      const trims: [before: number, first: number][] = [
        [0, 1],
        [1, 1],
        [2, 2],
        [130, 130],
        [50, 130],
        [300, 300],
      ]
      for (const [before, first] of trims) {
        await store.remove('c', { before })
        expect((await offsets(store, 'c', forever))[0]).toBe(first)
        expect((await store.read('c', forever, { limit: 0 })).top).toEqual(top)
      }
      await store.remove('c', { before: 400 })
      expect(await offsets(store, 'c', forever)).toEqual([])
      expect((await store.append('c', text(1), forever)).position).toEqual({ ...top, offset: 301 })
      expect(await offsets(store, 'c', forever)).toEqual([301])
      await store.remove('nobody wrote here', { before: 9 })
      expect((await store.read('nobody wrote here', forever, { limit: 1 })).top.offset).toBe(0)
    })

    describe('an erasure', () => {
      const whole: Draft = {
        data: '"secret"',
        info: { user: 'u', client: 'c', connInfo: '{"n":1}', chanInfo: new Uint8Array([1]) },
        tags: { lang: 'zh' },
      }

      promise('takes the data of what was said before, and nothing else of it', async ({ store, clock }) => {
        await store.append('c', whole, forever)
        await store.append('c', { data: new Uint8Array([1, 2, 3]) }, forever)
        const before = (await store.read('c', forever, { limit: 9 })).publications
        clock.advance(1000)
        const erase = [
          { offset: 1, data: '"gone"' },
          { offset: 2, data: new Uint8Array(0) },
        ]
        expect((await store.append('c', text('recall'), forever, { erase })).position.offset).toBe(3)
        const { publications } = await store.read('c', forever, { limit: 9 })
        expect(publications.slice(0, 2)).toStrictEqual(
          before.map((was, at) => ({ ...was, data: erase[at]?.data ?? '' })),
        )
        expect(publications[2]?.data).toBe('"recall"')
      })

      promise('of what is not there yet is refused, and nothing is appended or erased', async ({ store }) => {
        await fill(store, 'c', 2)
        for (const offset of [3, 4, 0, -1, 1.5, Number.NaN]) {
          const erase = [
            { offset: 1, data: '"gone"' },
            { offset, data: '"gone"' },
          ]
          expect(await refusal(store.append('c', text('x'), forever, { erase }))).toMatchObject({ temporary: false })
        }
        expect(
          await refusal(store.append('new', text('x'), forever, { erase: [{ offset: 1, data: '1' }] })),
        ).toBeDefined()
        const { publications, top } = await store.read('c', forever, { limit: 9 })
        expect([publications.map(({ data }) => data), top.offset]).toEqual([['1', '2'], 2])
        expect((await store.append('new', text('x'), forever)).position.offset).toBe(1)
      })

      promise('of what is no longer kept is done already', async ({ store }) => {
        await fill(store, 'c', 5)
        await store.remove('c', { before: 4 })
        const erase = [1, 3, 5].map((offset) => ({ offset, data: '"gone"' }))
        await store.append('c', text('recall'), forever, { erase })
        const { publications } = await store.read('c', forever, { limit: 9 })
        expect(publications.map(({ data }) => data)).toEqual(['4', '"gone"', '"recall"'])
      })

      promise('happens once with its key, and not at all for what is not appended', async ({ store }) => {
        await fill(store, 'c', 2)
        const erase = (data: string) => ({ idempotencyKey: 'k', erase: [{ offset: 1, data }] })
        await store.append('c', text('recall'), forever, erase('"gone"'))
        expect((await store.append('c', text('recall'), forever, erase('"again"'))).outcome).toBe('repeated')
        await store.append('c', text('v'), forever, { version: 5 })
        await store.append('c', text('v'), forever, { version: 4, erase: [{ offset: 2, data: '"gone"' }] })
        const { publications } = await store.read('c', forever, { limit: 9 })
        expect(publications.map(({ data }) => data)).toEqual(['"gone"', '2', '"recall"', '"v"'])
      })

      promise('is bounded, and keeps what was handed in', async ({ store }) => {
        await fill(store, 'c', 1)
        const many = Array.from({ length: 10_001 }, () => ({ offset: 1, data: '0' }))
        expect(await refusal(store.append('c', text('x'), forever, { erase: many }))).toMatchObject({
          temporary: false,
        })
        const data = new Uint8Array([7])
        const appended = store.append('c', text('x'), forever, { erase: [{ offset: 1, data }] })
        data.fill(9)
        await appended
        expect((await store.read('c', forever, { limit: 1 })).publications[0]?.data).toEqual(new Uint8Array([7]))
      })
    })

    promise('removes in the order of the calls', async ({ store }) => {
      const calls = [store.append('c', text(1), forever), store.remove('c'), store.append('c', text(2), forever)]
      await Promise.all(calls)
      expect(await offsets(store, 'c', forever)).toEqual([2])
    })

    promise('begins a new epoch when it forgot where a log stood', async ({ store, clock }) => {
      const brief = { size: 10, age: 1000, metaAge: 10_000 }
      const epochs = new Set<string>()
      for (let life = 0; life < 3; life++) {
        const { position } = await store.append('c', text(life), brief)
        expect(position.offset).toBe(1)
        expect(epochs.has(position.epoch)).toBe(false)
        epochs.add(position.epoch)
        await until(async () => {
          clock.advance(5000)
          return (await store.read('c', brief, { limit: 0 })).top.offset === 0
        }, 'the log to be forgotten')
        expect(epochs.has((await store.read('c', brief, { limit: 0 })).top.epoch)).toBe(false)
      }
    })

    promise('does not forget where a log stood before its time', async ({ store, clock }) => {
      const brief = { size: 10, age: 1000, metaAge: 100_000 }
      const { position } = await store.append('c', text(1), brief)
      await store.append('kept', text(1), { ...forever, metaAge: 1 })
      for (let step = 0; step < 99; step++) {
        clock.advance(1000)
        if (step % 10 === 0) await store.append('other', text(step), brief) // so that every store gets to its housekeeping
      }
      expect((await store.read('c', brief, { limit: 9 })).top).toEqual(position)
      expect(await offsets(store, 'kept', forever)).toEqual([1])
    })

    describe('asked twice with one key', () => {
      promise('writes once, and answers with the first position', async ({ store }) => {
        const first = await store.append('c', text(1), forever, { idempotencyKey: 'k' })
        await store.append('c', text(2), forever)
        const again = await store.append('c', text('other'), forever, { idempotencyKey: 'k' })
        expect(again).toEqual({ outcome: 'repeated', position: first.position, time: 0 })
        expect(await offsets(store, 'c', forever)).toEqual([1, 2])
      })

      promise('writes once however many ask at once', async ({ store }) => {
        const asked = Array.from({ length: 200 }, (_, at) =>
          store.append('c', text(at), forever, { idempotencyKey: `k${at % 4}` }),
        )
        const answers = await Promise.all(asked)
        expect(await offsets(store, 'c', forever)).toEqual([1, 2, 3, 4])
        for (const [at, { outcome, position }] of answers.entries()) {
          expect(position.offset).toBe((at % 4) + 1)
          expect(outcome).toBe(at < 4 ? 'appended' : 'repeated')
        }
      })

      promise('takes it for the channel alone', async ({ store }) => {
        await store.append('a', text(1), forever, { idempotencyKey: 'k' })
        expect((await store.append('b', text(1), forever, { idempotencyKey: 'k' })).outcome).toBe('appended')
      })

      promise('knows it as long as the publication is kept', async ({ store, clock }) => {
        const first = await store.append('c', text(1), last(3), { idempotencyKey: 'k' })
        await fill(store, 'c', 2, last(3))
        clock.advance(24 * 3600_000)
        expect((await store.append('c', text(1), last(3), { idempotencyKey: 'k' })).position).toEqual(first.position)
        await fill(store, 'c', 1, last(3))
        expect(await store.append('c', text(1), last(3), { idempotencyKey: 'k' })).toMatchObject({
          outcome: 'appended',
          position: { offset: 5 },
        })
      })

      promise('knows it five minutes, though the publication is gone', async ({ store, clock }) => {
        const brief = { size: 1, age: 1000, metaAge: 2000 }
        const first = await store.append('c', text(1), brief, { idempotencyKey: 'k' })
        await fill(store, 'c', 50, brief)
        await store.remove('c')
        const ask = () => store.append('c', text(1), brief, { idempotencyKey: 'k' })
        for (let step = 0; step < 299; step++) {
          clock.advance(1000)
          if (step % 30 === 0) expect((await ask()).position).toEqual(first.position)
        }
        expect((await ask()).position).toEqual(first.position)
        clock.advance(1000)
        expect((await ask()).outcome).toBe('appended')
      })
    })

    describe('given versions', () => {
      promise('leaves out what is not above the last one', async ({ store }) => {
        const say = async (version: number | undefined, versionEpoch?: string) => {
          const { outcome, position } = await store.append('c', text(1), forever, { version, versionEpoch })
          return `${outcome} ${position.offset}`
        }
        expect(await say(5)).toBe('appended 1')
        expect(await say(5)).toBe('outdated 1')
        expect(await say(4)).toBe('outdated 1')
        expect(await say(undefined)).toBe('appended 2')
        expect(await say(5)).toBe('outdated 2')
        expect(await say(6, 'x')).toBe('appended 3')
        expect(await say(6, 'x')).toBe('outdated 3')
        expect(await say(6)).toBe('outdated 3')
        expect(await say(1, 'y')).toBe('appended 4')
        expect(await say(7)).toBe('appended 5')
        expect(await say(2, 'y')).toBe('outdated 5')
        expect(await say(2, 'x')).toBe('appended 6')
        await store.remove('c')
        expect(await say(2, 'x')).toBe('outdated 6')
      })

      promise('decides among those that arrive together', async ({ store }) => {
        const versions = [3, 1, 4, 1, 5, 9, 2, 6]
        const answers = await Promise.all(
          versions.map((version) => store.append('c', text(version), forever, { version })),
        )
        expect(answers.map(({ outcome }) => outcome === 'appended')).toEqual([
          true,
          false,
          true,
          false,
          true,
          true,
          false,
          false,
        ])
        expect(answers.map(({ position }) => position.offset)).toEqual([1, 1, 2, 2, 3, 4, 4, 4])
      })
    })

    describe('as a stream', () => {
      const creation = {
        kind: 'create',
        contentType: 'text/plain',
        ttl: undefined,
        expiresAt: undefined,
        closed: false,
        drafts: [],
        implicit: false,
      } as const
      const addition = {
        kind: 'append',
        contentType: 'text/plain',
        close: false,
        seq: undefined,
        producer: undefined,
        idempotencyKey: undefined,
        implicit: false,
      } as const
      const from = (seq: number, epoch = 0) => ({ id: 'p', epoch, seq })

      promise('appends several publications or none', async ({ store }) => {
        await store.change('s', { ...creation, drafts: [text(1), text(2)] }, forever)
        const three = [text(3), text(4), text(5)]
        const [one, two] = await Promise.all([
          store.change('s', { ...addition, drafts: three, producer: from(0) }, forever),
          store.change('s', { ...addition, drafts: three, producer: from(0) }, forever),
        ])
        expect([one.outcome, one.top.offset, two.outcome, two.top.offset]).toEqual(['appended', 5, 'repeated', 5])
        expect(await offsets(store, 's', forever)).toEqual([1, 2, 3, 4, 5])
      })

      promise('decides each change by what the one before it left', async ({ store }) => {
        await store.change('s', creation, forever)
        const send = (seq: number, epoch = 0) =>
          store.change('s', { ...addition, drafts: [text(seq)], producer: from(seq, epoch) }, forever)
        const answers = await Promise.all([send(0), send(1), send(3), send(2), send(0, 1), send(3), send(1, 2)])
        expect(answers.map(({ outcome }) => outcome)).toEqual([
          'appended',
          'appended',
          'gap',
          'appended',
          'appended',
          'fenced',
          'late start',
        ])
        expect(answers.at(-1)?.producer).toEqual({ epoch: 1, seq: 0 })
      })

      promise('takes nothing more once it is closed, by whatever call', async ({ store }) => {
        await store.change('s', creation, forever)
        const closing = { ...addition, drafts: [text('last')], close: true, producer: from(0) }
        expect((await store.change('s', closing, forever)).state?.closed).toBe(true)
        expect((await store.change('s', closing, forever)).outcome).toBe('repeated')
        expect((await store.change('s', { ...addition, drafts: [text(1)] }, forever)).outcome).toBe('closed')
        expect((await store.append('s', text(1), forever)).outcome).toBe('closed')
        expect(await offsets(store, 's', forever)).toEqual([1])
      })

      promise('is gone when it is deleted, with its publications, writers and keys', async ({ store }) => {
        await store.change('s', creation, forever)
        const first = { ...addition, drafts: [text(1)], producer: from(0), idempotencyKey: 'k', seq: '5' }
        await store.change('s', first, forever)
        expect((await store.change('s', { kind: 'delete' }, forever)).outcome).toBe('deleted')
        expect(await store.stream('s')).toBeUndefined()
        expect(await offsets(store, 's', forever)).toEqual([])
        await store.change('s', creation, forever)
        expect(await store.change('s', first, forever)).toMatchObject({ outcome: 'appended', top: { offset: 2 } })
      })

      promise('expires unless it is used', async ({ store, clock }) => {
        await store.change('s', { ...creation, ttl: 10_000, drafts: [text(1)] }, forever)
        clock.advance(9000)
        expect((await store.change('s', { kind: 'touch' }, forever)).outcome).toBe('touched')
        clock.advance(9000)
        expect(await store.stream('s')).toMatchObject({ ttl: 10_000 })
        clock.advance(2000)
        expect(await store.stream('s')).toBeUndefined()
        expect(await offsets(store, 's', forever)).toEqual([])
        expect((await store.change('s', { ...addition, drafts: [text(2)] }, forever)).outcome).toBe('missing')
        expect((await store.append('s', text(2), forever)).position.offset).toBe(2)
      })

      promise('keeps the name of its log while it is empty, however long', async ({ store, clock }) => {
        const brief = { size: 10, age: 1000, metaAge: 1000 }
        const { top } = await store.change('s', creation, brief)
        for (let hours = 0; hours < 5; hours++) {
          clock.advance(3_600_000)
          await Bun.sleep(20)
        }
        expect((await store.read('s', brief, { limit: 0 })).top).toEqual(top)
      })
    })

    promise('finishes what was begun when it is closed, and refuses what comes later', async ({ store }) => {
      const begun = Array.from({ length: 100 }, () => store.append('c', text(1), forever))
      const closed = store.close()
      expect((await Promise.all(begun)).map(({ position }) => position.offset)).toEqual(begun.map((_, at) => at + 1))
      await closed
      await store.close()
      expect(await refusal(store.append('c', text(1), forever))).toMatchObject({ temporary: false })
      expect(await refusal(store.read('c', forever, { limit: 1 }))).toMatchObject({ temporary: false })
      expect(await refusal(store.remove('c'))).toMatchObject({ temporary: false })
    })
  })
}

test('a store in memory refuses statements, and the append that brings them', async () => {
  const store = new MemoryStore()
  const statements = [{ sql: 'SELECT 1', params: [] }]
  expect(await refusal(store.append('c', text(1), forever, { statements }))).toMatchObject({ temporary: false })
  expect((await store.read('c', forever, { limit: 0 })).top.offset).toBe(0)
  expect(await refusal(store.remove('c', { statements }))).toMatchObject({ temporary: false })
  await store.close()
})

test('stores agree on any sequence of calls, also when one of them is closed and opened in between', async () => {
  const base = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
  for (let seed = base; seed < base + 12; seed++)
    try {
      await compare(seed)
    } catch (error) {
      throw new Error(`They disagree with SEED=${seed}`, { cause: error })
    }
})

/** Epochs differ between stores; what counts is that a store keeps to its own. */
const epochsOf = (seen: Map<string, string>) => (channel: string, epoch: string) => {
  const known = seen.get(channel) ?? epoch
  seen.set(channel, known)
  return known === epoch ? 'same' : 'another'
}

/** Something that a writer of streams may ask, or somebody confused. */
function anyChange(random: (below: number) => number): StreamChange {
  const drafts = Array.from({ length: random(3) }, () => text(random(1e6)))
  const contentType = ['text/plain', 'Text/Plain; charset=utf-8', 'application/json', ''][random(4)] ?? ''
  const implicit = random(2) === 0
  const kind = random(10)
  if (kind === 0) return { kind: 'delete' }
  if (kind === 1) return { kind: 'touch' }
  if (kind < 5) {
    const ttl = random(3) === 0 ? 1000 * (1 + random(300)) : undefined
    const expiresAt = random(4) === 0 ? Date.UTC(2030, 0, 1) + random(1_000_000) : undefined
    return { kind: 'create', contentType, ttl, expiresAt, closed: random(5) === 0, drafts, implicit }
  }
  const producer = { id: `p${random(2)}`, epoch: random(3), seq: random(4) }
  return {
    kind: 'append',
    contentType,
    drafts,
    close: random(12) === 0,
    seq: random(4) === 0 ? String(random(100)) : undefined,
    producer: random(2) === 0 ? producer : undefined,
    idempotencyKey: random(4) === 0 ? `k${random(12)}` : undefined,
    implicit,
  }
}

async function compare(seed: number): Promise<void> {
  using folder = temporaryFolder()
  const random = randomFrom(seed)
  const pick = <T>(values: readonly T[]): T | undefined => values[random(values.length)]
  const clock = new ManualClock()
  const file = join(folder.path, 'test.db')
  let sqlite = await openSqliteStore({ file, clock })
  const memory = new MemoryStore({ clock })
  const rules: Record<string, Retention> = {
    all: forever,
    few: last(3),
    some: { size: 40, age: 60_000, metaAge: Infinity },
    brief: { size: Infinity, age: 2000, metaAge: Infinity },
  }
  const [inSqlite, inMemory] = [epochsOf(new Map()), epochsOf(new Map())]

  for (let step = 0; step < 80; step++) {
    const channel = pick(Object.keys(rules)) ?? 'all'
    const retention = rules[channel] ?? forever
    const calls: ((store: Store, same: (channel: string, epoch: string) => string) => Promise<unknown>)[] = []
    const kind = random(20)
    if (kind < 10)
      for (let count = 1 + random(60); count > 0; count--) {
        const draft: Draft = {
          data: random(3) === 0 ? new Uint8Array([random(256), random(256)]) : String(random(1e9)),
          tags: random(4) === 0 ? { at: String(step) } : undefined,
        }
        const options = {
          idempotencyKey: random(3) === 0 ? `k${random(12)}` : undefined,
          version: random(4) === 0 ? random(50) : undefined,
          versionEpoch: pick(['', 'x', 'y']),
        }
        calls.push(async (store, same) => {
          const { outcome, position, time } = await store.append(channel, draft, retention, options)
          return [outcome, position.offset, time, same(channel, position.epoch)]
        })
      }
    else if (kind < 11) {
      const before = random(2) === 0 ? undefined : random(step * 10 + 1)
      calls.push((store) => store.remove(channel, { before }))
    } else if (kind > 15)
      for (let count = 1 + random(8); count > 0; count--) {
        const change = anyChange(random)
        calls.push(async (store, same) => {
          const { top, ...rest } = await store.change(channel, change, retention)
          return { ...rest, offset: top.offset, epoch: same(channel, top.epoch), state: await store.stream(channel) }
        })
      }
    else if (kind < 12) {
      await sqlite.close()
      sqlite = await openSqliteStore({ file, clock })
    } else if (kind < 14) clock.advance(random(pick([500, 5000, 400_000]) ?? 1))
    const query = {
      limit: pick([0, 1, 5, 50, Infinity]) ?? 0,
      since: random(2) === 0 ? undefined : random(step * 10 + 1),
      reverse: random(2) === 0,
      maxBytes: pick([undefined, undefined, 0, 5, 40, Infinity]),
    }
    const run = async (store: Store, same: (channel: string, epoch: string) => string) => {
      const answers = await Promise.all(calls.map((call) => call(store, same)))
      const { publications, top } = await store.read(channel, retention, query)
      const page = publications.map(({ epoch, offset, time, data, tags }) => [
        offset,
        time,
        data,
        tags,
        same(channel, epoch),
      ])
      return { answers, page, top: [top.offset, same(channel, top.epoch)] }
    }
    expect({ step, channel, query, ...(await run(sqlite, inSqlite)) }).toEqual({
      step,
      channel,
      query,
      ...(await run(memory, inMemory)),
    })
  }
  await sqlite.close()
  await memory.close()
}
