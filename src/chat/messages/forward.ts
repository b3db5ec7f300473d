/** A message that is passed on to another room, with its files, as it reads at that moment. */
import type { Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { MessageEvent, RoomId } from '../events.ts'
import { stands, unchanged } from '../guards.ts'
import { findPeople, type Person } from '../people/person.ts'
import { objection } from '../permissions.ts'
import { standingOf } from '../rooms/standing.ts'
import { standingMessage } from './find.ts'

export interface Forwarding {
  readonly part: Pick<MessageEvent, 'text' | 'files' | 'forwarded'>
  readonly guards: readonly Statement[]
}

/** Only what the person may see now can be passed on. @throws ChatError */
export function forward(
  chat: Chat,
  person: Person,
  { room, offset }: { readonly room: RoomId; readonly offset: number },
): Forwarding {
  const { standing, seen } = standingOf(chat, room, person)
  const refused = objection('see', standing)
  if (refused !== undefined) throw new ChatError(refused)
  const { text, author, time, extra } = standingMessage(chat, room, offset)
  const [from] = findPeople(chat, [author])
  const forwarded = extra.forwarded ?? { from: author, name: extra.as?.name ?? from?.name ?? '', time }
  return {
    part: { text, forwarded, ...(extra.files && { files: extra.files }) },
    guards: [unchanged(seen), stands(room, offset)],
  }
}
