/** Whom a message mentions, of those who are in the room. */
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { PersonId, RoomId } from '../events.ts'
import { objection, type Standing } from '../permissions.ts'
import { text } from '../rows.ts'
import { candidatesIn, chooseMentions } from './mentions.ts'

const maxMentions = 50

export interface Whom {
  readonly mentions?: readonly PersonId[]
  readonly everyone?: true
}

/**
 * Who writes is not mentioned by it. Where all may not be mentioned, the words for it are words.
 * @throws ChatError `invalid` for too many
 */
export function whomMentions(
  chat: Chat,
  room: RoomId,
  author: PersonId,
  { said, standing }: { readonly said: string; readonly standing: Standing },
): Whom {
  const candidates = candidatesIn(said)
  if (candidates.length === 0) return {}
  const members = membersNamed(chat, room, candidates.flat())
  const mayAll = objection('everyone', standing) === undefined
  const { keys, everyone } = chooseMentions(candidates, (key) => members.has(key), mayAll)
  const mentions = keys.flatMap((key) => members.get(key) ?? []).filter((person) => person !== author)
  if (mentions.length > maxMentions)
    throw new ChatError('invalid', { message: `A message mentions at most ${maxMentions} people; mention fewer` })
  return { ...(mentions.length > 0 && { mentions }), ...(everyone && { everyone }) }
}

function membersNamed(chat: Chat, room: RoomId, keys: readonly string[]): ReadonlyMap<string, PersonId> {
  const rows = chat.rows(
    `SELECT p.name_key, p.id FROM json_each(?1) w CROSS JOIN chat_people p ON p.name_key = w.value
     CROSS JOIN chat_members m ON m.room = ?2 AND m.person = p.id`,
    JSON.stringify([...new Set(keys)]),
    room,
  )
  return new Map(rows.map((row) => [text(row, 'name_key'), text(row, 'id')]))
}
