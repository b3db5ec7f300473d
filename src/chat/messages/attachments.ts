/** The files that a message is to have: uploaded before by who sends it. */
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { Attachment } from '../events.ts'
import type { Person } from '../people/person.ts'

/**
 * What is known of these files, in the order asked for. Synchronous, and asked
 * anew at each attempt: it is part of what a message is decided on.
 * @throws ChatError `notFound` for one that is not there, or was uploaded by somebody else
 */
export function attachmentsFor(_chat: Chat, _person: Person, ids: readonly string[]): readonly Attachment[] {
  if (ids.length > 0) throw new ChatError('notFound', { message: `There is no file ${ids[0]}; upload it first` })
  return []
}
