/** What is made up here is what the server would say. */
import { expect, test } from 'bun:test'
import { messageView, personView, presenceView, roomView } from '../../src/chat/views.ts'
import { messages } from './messages.ts'
import { everyone, presence } from './people.ts'
import { publicRooms, rooms } from './rooms.ts'

test('people, rooms and messages are of the shapes that the server has', () => {
  for (const person of everyone) expect(personView.strict().parse(person)).toEqual(person)
  for (const each of presence) expect(presenceView.strict().parse(each)).toEqual(each)
  for (const room of [...rooms, ...publicRooms]) expect(roomView.parse(room)).toEqual(room as never)
  for (const message of messages) expect(messageView.parse(message)).toEqual(message as never)
})
