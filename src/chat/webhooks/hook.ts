/** Webhooks as they stand in their table, and as those get them who look after the room. */
import * as z from 'zod'
import type { SqlRow } from '../../index.ts'
import type { Chat } from '../chat.ts'
import type { PersonId, RoomId } from '../events.ts'
import { hashOf } from '../people/sessions.ts'
import { number, numberOrNull, text, textOrNull } from '../rows.ts'
import type { Progress } from './delivery.ts'
import type { Secrets } from './signature.ts'

interface Common {
  readonly id: string
  readonly room: RoomId
  readonly name: string
  readonly created: number
  readonly by: PersonId
}

/** Posts into the room what is sent to its URL. */
export interface IncomingHook extends Common {
  readonly direction: 'in'
  readonly bot: PersonId
}

/** Sends to its URL what is published in the room. */
export interface OutgoingHook extends Common {
  readonly direction: 'out'
  readonly url: string
  readonly secret: string
  readonly old: { readonly secret: string; readonly until: number } | undefined
  readonly progress: Progress
  readonly off: string | null // why it is switched off
}

export type Hook = IncomingHook | OutgoingHook

export const perRoom = 20

export function findHook(chat: Chat, id: string): Hook | undefined {
  const row = chat.row('SELECT * FROM chat_webhooks WHERE id = ?', id)
  return row && toHook(row)
}

export function findByToken(chat: Chat, token: string): IncomingHook | undefined {
  const row = chat.row('SELECT * FROM chat_webhooks WHERE token = ?', hashOf(token))
  const hook = row && toHook(row)
  return hook?.direction === 'in' ? hook : undefined
}

/** The oldest first. */
export function hooksOf(chat: Chat, room: RoomId): readonly Hook[] {
  return chat.rows(`SELECT * FROM chat_webhooks WHERE room = ? ORDER BY created, id LIMIT ${perRoom}`, room).map(toHook)
}

/** Those of all rooms that are to deliver, by id, behind the given one. */
export function activeHooks(chat: Chat, after: string, limit: number): readonly OutgoingHook[] {
  return chat
    .rows(
      `SELECT * FROM chat_webhooks WHERE direction = 'out' AND disabled IS NULL AND id > ? ORDER BY id LIMIT ?`,
      after,
      limit,
    )
    .map(toHook)
    .filter((hook) => hook.direction === 'out')
}

/** What an attempt is signed with at a time. */
export function secretsOf({ secret, old }: OutgoingHook, now: number): Secrets {
  return old !== undefined && old.until > now ? [secret, old.secret] : [secret]
}

function toHook(row: SqlRow): Hook {
  const common = {
    id: text(row, 'id'),
    room: text(row, 'room'),
    name: text(row, 'name'),
    created: number(row, 'created'),
    by: text(row, 'by'),
  }
  if (text(row, 'direction') === 'in') return { ...common, direction: 'in', bot: text(row, 'person') }
  const [oldSecret, until] = [textOrNull(row, 'old_secret'), numberOrNull(row, 'old_until')]
  const failing = textOrNull(row, 'failing')
  return {
    ...common,
    direction: 'out',
    url: text(row, 'url'),
    secret: text(row, 'secret'),
    old: oldSecret === null || until === null ? undefined : { secret: oldSecret, until },
    progress: {
      position: number(row, 'position'),
      ...(failing !== null && { failing: JSON.parse(failing) as NonNullable<Progress['failing']> }),
    },
    off: textOrNull(row, 'disabled'),
  }
}

const time = z.int().describe('milliseconds since 1970')

export const webhookView = z
  .object({
    id: z.string(),
    room: z.string(),
    direction: z
      .enum(['in', 'out'])
      .describe(
        '`in`: what is posted to its URL is a message in the room. `out`: what happens in the room is posted to its URL.',
      ),
    name: z.string(),
    created: time,
    by: z.string().describe('who made it'),
    bot: z.string().optional().describe('of one in: the person that it posts as'),
    url: z.string().optional().describe('of one out'),
    position: z.int().optional().describe('of one out: the offset of the last publication that was delivered'),
    behind: z.int().optional().describe('of one out: how many publications are still to be delivered'),
    failing: z
      .object({
        since: time,
        attempts: z.int(),
        because: z.string(),
        retryAt: time,
      })
      .optional()
      .describe('the last attempt failed: since when that is so, why, and when it is tried again'),
    off: z.string().optional().describe('it is switched off: why'),
  })
  .meta({ id: 'Webhook' })

export function viewOf(hook: Hook, top: number): z.infer<typeof webhookView> {
  const { id, room, direction, name, created, by } = hook
  const common = { id, room, direction, name, created, by }
  if (hook.direction === 'in') return { ...common, bot: hook.bot }
  const { url, progress, off } = hook
  const { position, failing } = progress
  const behind = Math.max(0, top - position)
  return { ...common, url, position, behind, ...(failing && { failing }), ...(off !== null && { off }) }
}
