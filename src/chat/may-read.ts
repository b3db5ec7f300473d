/** Who may read the channels of the chat: whoever may see the room. It is asked for each reader, on every door. */
import { ClientError, errors } from '../index.ts'
import type { Chat } from './chat.ts'
import { ChatError } from './errors.ts'
import { roomOf } from './events.ts'
import { findActive } from './people/person.ts'

/** Undefined for a channel that is not the chat's. @throws ClientError */
export function mayRead(chat: Chat, user: string, channel: string): true | undefined {
  const room = roomOf(channel)
  if (room === undefined) return undefined
  // Not for good: should the entry that puts the person out not be written, they stay.
  if (chat.isExpelled(room, user)) throw new ClientError(errors.tooManyRequests().code, 'try again', true)
  const person = user === '' ? undefined : findActive(chat, user)
  if (person === undefined) throw new ChatError('notLoggedIn')
  chat.demand('see', room, person)
  return true
}
