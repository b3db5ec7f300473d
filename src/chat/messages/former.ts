/** What a message said before it was edited: for who moderates the room. */
import type { Chat } from '../chat.ts'
import type { RoomId } from '../events.ts'
import { findPeople, type Person, personView } from '../people/person.ts'
import { number, text } from '../rows.ts'
import { standingMessage } from './find.ts'

const maxTexts = 100

/** The newest of its former texts, the last one first. @throws ChatError */
export function formerTexts(chat: Chat, person: Person, room: RoomId, offset: number) {
  return chat.server.snapshot(() => {
    chat.demand('moderate', room, person)
    const message = standingMessage(chat, room, offset)
    const former = chat
      .rows(
        `SELECT text, time, by FROM chat_edits WHERE room = ? AND of = ? ORDER BY offset DESC LIMIT ${maxTexts}`,
        room,
        offset,
      )
      .map((row) => ({ text: text(row, 'text'), until: number(row, 'time'), by: text(row, 'by') }))
    const people = findPeople(chat, [message.author, ...former.map(({ by }) => by)])
    return { text: message.text, time: message.time, former, people: people.map(personView) }
  })
}
