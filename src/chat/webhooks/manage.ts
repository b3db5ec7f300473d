/** What those who look after a room do with its webhooks. */
import { Refused, type Statement } from '../../index.ts'
import { audit } from '../audit.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import { channelOf, type RoomId } from '../events.ts'
import { foreignLine } from '../foreign-text.ts'
import type { Person } from '../people/person.ts'
import { findPeople, personView } from '../people/person.ts'
import { hashOf } from '../people/sessions.ts'
import { findHook, type Hook, hooksOf, type OutgoingHook, perRoom, viewOf } from './hook.ts'
import { newSecret } from './signature.ts'

export interface NewHook {
  readonly room: RoomId
  readonly direction: 'in' | 'out'
  readonly name: string
  readonly url?: string | undefined
}

/** What is told once: the secrets of it are not shown again. */
interface Told {
  readonly path?: string
  readonly secret?: string
}

/** @throws ChatError */
export function create(chat: Chat, me: Person, wanted: NewHook) {
  return wanted.direction === 'in' ? createIncoming(chat, me, wanted) : createOutgoing(chat, me, wanted)
}

async function createIncoming(chat: Chat, me: Person, { room, name, url }: NewHook) {
  if (url !== undefined)
    throw new ChatError('invalid', { message: 'A webhook into a room is given a URL; it cannot have one of yours' })
  const [id, bot, token, time] = [chat.newId(), `u${chat.newId()}`, newToken(chat), chat.now()]
  const shown = foreignLine(name, longestName) || 'Webhook'
  await change(chat, me, room, () => [
    {
      // It has no name of its own among people: what it is called is a label. And no owner: it is the webhook's, not one
      // of somebody's bots, who could make a token for it.
      sql: `INSERT INTO chat_people (id, name, name_key, kind, owner, created, seen) VALUES (?1, ?2, NULL, 'bot', NULL, ?3, ?3)`,
      params: [bot, shown, time],
    },
    insert(room, {
      sql: `SELECT ?1, ?2, 'in', ?3, ?4, ?5, ?6, ?7, NULL, NULL, 0`,
      params: [id, room, shown, time, me.id, hashOf(token), bot],
    }),
    audit({ time, by: me.id, action: 'webhook made', room, details: { id, direction: 'in', name: shown } }),
  ])
  return { webhook: shownHook(chat, id), path: pathOf(token) }
}

/** A webhook into a room that the server makes by itself, with a token that is known beforehand. */
export function serverHook(chat: Chat, room: RoomId, name: string, token: string): readonly Statement[] {
  const [id, bot, time] = [chat.newId(), `u${chat.newId()}`, chat.now()]
  return [
    {
      sql: `INSERT INTO chat_people (id, name, name_key, kind, owner, created, seen) VALUES (?1, ?2, NULL, 'bot', NULL, ?3, ?3)`,
      params: [bot, name, time],
    },
    insert(room, {
      sql: `SELECT ?1, ?2, 'in', ?3, ?4, '', ?5, ?6, NULL, NULL, 0`,
      params: [id, room, name, time, hashOf(token), bot],
    }),
  ]
}

async function createOutgoing(chat: Chat, me: Person, { room, name, url }: NewHook) {
  chat.demand('webhooks', room, me)
  const [id, secret, time] = [chat.newId(), newSecret(), chat.now()]
  const to = await reachable(chat, url)
  const shown = foreignLine(name, longestName) || foreignLine(to.host, longestName)
  await change(chat, me, room, () => [
    insert(room, {
      sql: `SELECT ?1, ?2, 'out', ?3, ?4, ?5, NULL, NULL, ?6, ?7, ?8`,
      params: [id, room, shown, time, me.id, to.href, secret, chat.server.position(channelOf(room)).offset],
    }),
    audit({ time, by: me.id, action: 'webhook made', room, details: { id, direction: 'out', host: to.host } }),
  ])
  await chat.hooks.changed(id)
  return { webhook: shownHook(chat, id), secret }
}

/** @throws ChatError */
export function list(chat: Chat, me: Person, room: RoomId) {
  chat.demand('webhooks', room, me)
  const hooks = hooksOf(chat, room)
  const top = chat.server.position(channelOf(room)).offset
  const people = findPeople(
    chat,
    hooks.flatMap((hook) => (hook.direction === 'in' ? [hook.by, hook.bot] : [hook.by])),
  )
  return { webhooks: hooks.map((hook) => viewOf(hook, top)), people: people.map(personView) }
}

/** Another name, another URL. @throws ChatError */
export async function rename(
  chat: Chat,
  me: Person,
  id: string,
  wanted: { name?: string | undefined; url?: string | undefined },
) {
  const hook = mine(chat, me, id)
  if (hook.direction === 'in' && wanted.url !== undefined)
    throw new ChatError('invalid', {
      message: 'The URL of a webhook into a room is ours to make; rotate it for another',
    })
  const url = wanted.url === undefined ? undefined : (await reachable(chat, wanted.url)).href
  const name = wanted.name === undefined ? undefined : foreignLine(wanted.name, longestName)
  if (name === '') throw new ChatError('badName')
  await change(chat, me, hook.room, () => [
    {
      sql: 'UPDATE chat_webhooks SET name = coalesce(?2, name), url = coalesce(?3, url) WHERE id = ?1',
      params: [id, name ?? null, url ?? null],
    },
    {
      sql: `UPDATE chat_people SET name = ?2 WHERE id = (SELECT person FROM chat_webhooks WHERE id = ?1) AND ?2 IS NOT NULL`,
      params: [id, name ?? null],
    },
    audit({ time: chat.now(), by: me.id, action: 'webhook changed', room: hook.room, details: { id } }),
  ])
  if (hook.direction === 'out') await chat.hooks.changed(id)
  return { webhook: shownHook(chat, id) }
}

/** Another secret, or another URL of one in: that of before is good no longer; a secret of before signs along for a day. @throws ChatError */
export async function rotate(
  chat: Chat,
  me: Person,
  id: string,
): Promise<Told & { webhook: ReturnType<typeof viewOf> }> {
  const hook = mine(chat, me, id)
  const token = newToken(chat)
  const [secret, now] = [newSecret(), chat.now()]
  const statement: Statement =
    hook.direction === 'in'
      ? { sql: 'UPDATE chat_webhooks SET token = ?2 WHERE id = ?1', params: [id, hashOf(token)] }
      : {
          sql: 'UPDATE chat_webhooks SET old_secret = secret, old_until = ?3, secret = ?2 WHERE id = ?1',
          params: [id, secret, now + oldSecretTime],
        }
  await change(chat, me, hook.room, () => [
    statement,
    audit({ time: now, by: me.id, action: 'webhook rotated', room: hook.room, details: { id } }),
  ])
  const webhook = shownHook(chat, id)
  if (hook.direction === 'in') return { webhook, path: pathOf(token) }
  await chat.hooks.changed(id)
  return { webhook, secret }
}

/** Nothing is posted by it, or delivered to it, any more. @throws ChatError */
export async function remove(chat: Chat, me: Person, id: string) {
  const { room } = mine(chat, me, id)
  await change(chat, me, room, () => [
    { sql: 'DELETE FROM chat_webhooks WHERE id = ?', params: [id] },
    audit({ time: chat.now(), by: me.id, action: 'webhook removed', room, details: { id } }),
  ])
  await chat.hooks.changed(id)
  return {}
}

/** One attempt, to see whether it is taken. @throws ChatError */
export async function test(chat: Chat, me: Person, id: string) {
  const outcome = await chat.hooks.test(outgoing(mine(chat, me, id)))
  const { delivered, took } = outcome
  return outcome.delivered ? { delivered, took } : { delivered, took, because: outcome.because }
}

/** Does not wait for when it would be time; one that is switched off is switched on, and goes on where it was. @throws ChatError */
export async function retry(chat: Chat, me: Person, id: string) {
  const hook = outgoing(mine(chat, me, id))
  if (hook.off === null) await chat.hooks.changed(id)
  else {
    await change(chat, me, hook.room, () => [
      { sql: 'UPDATE chat_webhooks SET disabled = NULL, failing = NULL WHERE id = ?', params: [id] },
      audit({ time: chat.now(), by: me.id, action: 'webhook switched on', room: hook.room, details: { id } }),
    ])
    await chat.hooks.switchedOn(id)
  }
  return { webhook: shownHook(chat, id) }
}

/** @throws ChatError `notFound`, also for one that is not for this person to know of */
function mine(chat: Chat, me: Person, id: string): Hook {
  const hook = findHook(chat, id)
  if (hook === undefined) throw new ChatError('notFound', { message: 'There is no such webhook' })
  chat.demand('webhooks', hook.room, me)
  return hook
}

function outgoing(hook: Hook): OutgoingHook {
  if (hook.direction === 'out') return hook
  throw new ChatError('invalid', { message: 'A webhook into a room delivers nothing; post to its URL' })
}

function shownHook(chat: Chat, id: string): ReturnType<typeof viewOf> {
  const hook = findHook(chat, id)
  if (hook === undefined) throw new ChatError('gone')
  return viewOf(hook, chat.server.position(channelOf(hook.room)).offset)
}

/** @throws ChatError `invalid`, saying why it cannot be reached */
async function reachable(chat: Chat, written: string | undefined): Promise<URL> {
  const url = URL.parse(written ?? '')
  if (url === null)
    throw new ChatError('invalid', { message: 'A webhook out of a room needs the url that it posts to' })
  const trouble = await chat.hooks.trouble(url.href)
  if (trouble !== undefined) throw new ChatError('invalid', { message: `This URL cannot be used: ${trouble}` })
  return url
}

/** Writes, provided that it is still theirs to do. @throws ChatError */
async function change(chat: Chat, me: Person, room: RoomId, statements: () => readonly Statement[]): Promise<void> {
  try {
    await chat.amend(me, () => ({ deed: 'webhooks', room, statements: statements() }))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    throw new ChatError('full', { message: `A room has at most ${perRoom} webhooks; remove one` })
  }
}

/** A row, if there is space for one more. */
function insert(room: RoomId, { sql, params = [] }: Pick<Statement, 'sql' | 'params'>): Statement {
  const place = params.length + 1
  return {
    sql: `INSERT INTO chat_webhooks (id, room, direction, name, created, by, token, person, url, secret, position)
      ${sql} WHERE (SELECT count(*) FROM chat_webhooks WHERE room = ?${place}) < ${perRoom} RETURNING 1`,
    params: [...params, room],
    guard: 'space',
  }
}

/** 256 bits: whoever has the URL may post. */
const newToken = (chat: Chat): string => `phh_${Buffer.from(chat.randomBytes(32)).toString('base64url')}`
const pathOf = (token: string): string => `/hooks/${token}`

const longestName = 32
const oldSecretTime = 24 * 3600 * 1000
