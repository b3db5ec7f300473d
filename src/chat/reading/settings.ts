/** What a person wants of a room and of the chat: to be told, to be left alone, to write on later. */
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { RoomId } from '../events.ts'
import { cleanText } from '../messages/text.ts'
import type { Person } from '../people/person.ts'
import { number } from '../rows.ts'
import type { levels } from '../views.ts'
import { demandMember } from './marks.ts'

export type Level = (typeof levels)[number]

/** Of which messages of a room the person wants to be told. @throws ChatError */
export async function setLevel(chat: Chat, me: Person, room: RoomId, level: Level): Promise<void> {
  demandMember(chat, me, room)
  await keep(chat, me, room, 'level', level)
  chat.live.tell(me.id, { type: 'level', room, level })
}

/** A text that is not sent yet; empty: none. Who sends it says so: a message on its way may be older than the draft. @throws ChatError */
export async function saveDraft(chat: Chat, me: Person, room: RoomId, written: string): Promise<void> {
  demandMember(chat, me, room)
  const text = written === '' ? '' : cleanText(`${written}.`, chat.options.messageLimit + 1).slice(0, -1) // blanks at its end are kept
  await keep(chat, me, room, 'draft', text)
  chat.live.tell(me.id, { type: 'draft', room, text })
}

/** Until then the person is told of nothing; 0 ends it. @throws ChatError for more than a year */
export async function setQuiet(chat: Chat, me: Person, until: number): Promise<void> {
  if (until > chat.now() + year) throw new ChatError('invalid', { message: 'Choose a time within a year' })
  await chat.write({ sql: 'UPDATE chat_people SET quiet_until = ? WHERE id = ?', params: [until, me.id] })
  chat.live.tell(me.id, { type: 'quiet', until })
}

/** 0 if the person may be disturbed. */
export function quietUntil(chat: Chat, me: Pick<Person, 'id'>): number {
  const row = chat.row('SELECT quiet_until FROM chat_people WHERE id = ?', me.id)
  const until = row === undefined ? 0 : number(row, 'quiet_until')
  return until > chat.now() ? until : 0
}

function keep(chat: Chat, me: Person, room: RoomId, column: 'level' | 'draft', value: string): Promise<void> {
  return chat.write({
    sql: `INSERT INTO chat_marks (person, room, ${column}) VALUES (?1, ?2, ?3)
      ON CONFLICT (person, room) DO UPDATE SET ${column} = ?3`,
    params: [me.id, room, value],
  })
}

const year = 366 * 24 * 3600 * 1000
