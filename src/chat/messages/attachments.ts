/** The files that a message is to have: uploaded before by who sends it. */
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { Attachment } from '../events.ts'
import { describe } from '../files/description.ts'
import { FileTable } from '../files/file-table.ts'
import type { Person } from '../people/person.ts'

/**
 * What is known of these files, in the order asked for. Synchronous, and asked
 * anew at each attempt: it is part of what a message is decided on. That they
 * are in use is noted by the tables, in the transaction of the message.
 * @throws ChatError `notFound` for one that is not there, not complete, or was uploaded by somebody else
 */
export function attachmentsFor(chat: Chat, person: Person, ids: readonly string[]): readonly Attachment[] {
  const table = new FileTable(chat.server, () => chat.now())
  return ids.map((id) => {
    const file = table.find(id)
    const isTheirs = file?.owner === person.id && (file.state === 'ready' || file.state === 'used')
    if (!isTheirs) throw new ChatError('notFound', { message: `There is no file ${id}; upload it first` })
    return describe(file)
  })
}
