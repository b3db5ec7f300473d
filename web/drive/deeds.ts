/** What may be asked for, outside of a room. */
import { noSearch, type Account, type Deeds } from '../lib/chat-model.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { Room } from '../lib/views.ts'
import type { ChatDriver } from './chat-driver.ts'
import { doneBy, outcomeOf } from './outcome-of.ts'
import { upload } from './uploads.ts'

export function deedsOf(chat: ChatDriver): Deeds {
  let searched = 0 // an answer to an older question is dropped
  let next: string | undefined
  const account = (change: Partial<Account>) => (chat.account.value = { ...chat.account.value, ...change })
  const goIn = async (asked: Promise<{ readonly person: Parameters<ChatDriver['enter']>[0] }>): Promise<Outcome> => {
    const outcome = await outcomeOf(asked)
    if (!outcome.ok) return outcome
    chat.enter(outcome.value.person)
    chat.sessions.cameIn(outcome.value.person.id)
    void chat.askAccount().catch(() => undefined) // the next visit asks again
    return { ok: true, value: undefined }
  }
  const search = async (query: string, room: string | undefined, before: string | undefined): Promise<void> => {
    const turn = ++searched
    try {
      const utcOffset = -new Date().getTimezoneOffset()
      const asked = { query, utcOffset, ...(room !== undefined && { room }), ...(before !== undefined && { before }) }
      const page = await chat.client.call('messages.search', asked)
      if (turn !== searched) return
      next = page.next
      chat.know(page.people)
      const rooms = chat.client.rooms.rooms.value
      const hits = page.hits.map(({ message }) => {
        const { id = message.room, name = '', kind = 'group' as const } = rooms.get(message.room) ?? {}
        return { message, room: { id, name, kind } }
      })
      const { hits: old } = chat.search.value
      chat.search.value = {
        query,
        room,
        state: 'ready',
        hits: before === undefined ? hits : [...old, ...hits],
        more: page.next !== undefined,
      }
    } catch {
      if (turn === searched) chat.search.value = { ...chat.search.value, state: 'failed' }
    }
  }
  return {
    enter: (name) => goIn(chat.http('people.enter', { name })),
    logIn: (name, password) => goIn(chat.http('people.login', { name, password })),
    async logOut() {
      const outcome = await doneBy(chat.http('people.logout', {}))
      if (outcome.ok) {
        chat.sessions.wentOut()
        chat.outside('logged-out')
      }
      return outcome
    },
    async claim(password) {
      const outcome = await doneBy(chat.http('people.claim', { password }))
      if (outcome.ok) account({ hasPassword: true })
      return outcome
    },
    changePassword: (old, password) => doneBy(chat.client.call('people.password', { old, password })),
    rename: (name) => meIs(chat.client.call('people.rename', { name })),
    setAvatar: (picture) =>
      meIs(
        (async () => {
          const file = picture === undefined ? null : (await upload(picture, 'avatar', () => undefined).done).id
          return chat.client.call('people.avatar', { file })
        })(),
      ),
    async changeAccount(change) {
      const before = chat.account.value
      account(change)
      const outcome = await doneBy(
        'doNotDisturbUntil' in change
          ? chat.client.call('quiet.set', { until: change.doNotDisturbUntil ?? 0 })
          : chat.client.call('people.privacy', privacyOf(change)),
      )
      if (!outcome.ok) chat.account.value = before
      return outcome
    },
    async endSession(session) {
      const outcome = await doneBy(chat.client.call('sessions.revoke', { session }))
      if (outcome.ok) account({ sessions: chat.account.value.sessions?.filter(({ id }) => id !== session) })
      return outcome
    },
    async block(person) {
      const outcome = await doneBy(chat.client.call('people.block', { person: person.id }))
      if (outcome.ok) chat.blocks(person.id, person)
      return outcome
    },
    async unblock(id) {
      const outcome = await doneBy(chat.client.call('people.unblock', { person: id }))
      if (outcome.ok) chat.blocks(id)
      return outcome
    },
    accept: (token) => outcomeOf(chat.client.call('invitations.accept', { token })),
    create: (room) => outcomeOf(chat.client.call('rooms.create', room)),
    join: (room) => doneBy(chat.client.call('rooms.join', { room })),
    leave: (room) => doneBy(chat.client.call('rooms.leave', { room })),
    setLevel: (room, level) => doneBy(chat.client.call('rooms.level', { room, level })),
    markRead: (room) => {
      const { last } = chat.client.rooms.rooms.value.get(room) ?? {}
      return doneBy(chat.client.call('marks.read', { room, offset: last?.offset ?? 0 }))
    },
    markUnread: (room) => doneBy(chat.client.call('marks.unread', { room })),
    find(query, room) {
      if (query.trim() === '') {
        searched++
        chat.search.value = noSearch
        return
      }
      chat.search.value = { query, room, state: 'searching', hits: [], more: false }
      void search(query, room, undefined)
    },
    findMore() {
      const { query, room, state, more } = chat.search.value
      if (state !== 'ready' || !more) return
      chat.search.value = { ...chat.search.value, state: 'searching' }
      void search(query, room, next)
    },
    look(at) {
      if (at === 'directory') void lookAtDirectory(chat)
      else if (at === 'sessions') void lookAtSessions(chat)
      else void lookAtBlocked(chat)
    },
    reconnect: () => chat.client.link.wake?.(),
  }

  async function meIs(call: Promise<{ readonly person: Parameters<ChatDriver['enter']>[0] }>): Promise<Outcome> {
    const outcome = await outcomeOf(call)
    if (!outcome.ok) return outcome
    const { person } = outcome.value
    chat.know([person])
    chat.entry.value = { at: 'inside', me: person }
    return { ok: true, value: undefined }
  }
}

async function lookAtDirectory(chat: ChatDriver): Promise<void> {
  try {
    const { rooms } = await chat.client.call('rooms.public', {})
    chat.directory.value = { state: 'ready', rooms: rooms.map((room) => listed(chat, room)) }
  } catch {
    chat.directory.value = { ...chat.directory.value, state: 'failed' }
  }
}

async function lookAtSessions(chat: ChatDriver): Promise<void> {
  try {
    const { sessions } = await chat.client.call('sessions.list', {})
    chat.account.value = {
      ...chat.account.value,
      sessions: sessions.map(({ id, agent, address, seen, current }) => ({
        id,
        device: agent,
        address,
        seen,
        current,
      })),
    }
  } catch {
    chat.account.value = { ...chat.account.value, sessions: chat.account.value.sessions ?? [] }
  }
}

async function lookAtBlocked(chat: ChatDriver): Promise<void> {
  try {
    const { people } = await chat.client.call('people.blocks', {})
    chat.know(people)
    chat.account.value = { ...chat.account.value, blocked: people }
  } catch {
    // The place stays as it was; opening it again asks again.
  }
}

/** The server is told what to hide, the person what is shown. */
function privacyOf({ showPresence, sendTyping, sendReceipts }: Partial<Account>) {
  return {
    ...(showPresence !== undefined && { hideSeen: !showPresence }),
    ...(sendTyping !== undefined && { hideTyping: !sendTyping }),
    ...(sendReceipts !== undefined && { hideRead: !sendReceipts }),
  }
}

interface PublicRoom {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly avatar?: string | undefined
  readonly members: number
  readonly readOnly: boolean
  readonly created: number
  readonly joined: boolean
}

/** A public room that one may not be in, as rooms are shown. */
function listed(
  chat: ChatDriver,
  { id, name, description, avatar, members, readOnly, created, joined }: PublicRoom,
): Room {
  const mine = chat.client.rooms.rooms.value.get(id)
  if (mine !== undefined) return mine
  return {
    id,
    channel: `room:${id}`,
    kind: 'public',
    name,
    description,
    readOnly,
    members,
    created,
    archived: false,
    slow: 0,
    retention: null,
    read: 0,
    delivered: 0,
    unread: 0,
    mentions: 0,
    markedUnread: false,
    level: 'all',
    draft: '',
    ...(avatar !== undefined && { avatar }),
    ...(joined && { role: 'member' }),
  }
}
