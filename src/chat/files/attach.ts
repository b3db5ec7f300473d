/** The files that a message is to have: uploaded before by who sends it. */
import type { Chat } from '../chat.ts'
import type { Attachment, PersonId } from '../events.ts'
import { describe } from './description.ts'
import { refuse } from './file-error.ts'
import { FileTable } from './file-table.ts'

/**
 * What is known of these files, in the order asked for. Synchronous: it is part
 * of what a message is decided on. That they are in use is noted by itself, in
 * the transaction that puts the message into the tables.
 * @throws ChatError `notFound` for one that is not there, not complete, or somebody else's
 */
export function attachmentsFor(
  chat: Pick<Chat, 'server' | 'now'>,
  person: { readonly id: PersonId },
  ids: readonly string[],
): readonly Attachment[] {
  const table = new FileTable(chat.server, () => chat.now())
  return ids.map((id) => {
    const file = table.find(id)
    const isThere = file?.owner === person.id && (file.state === 'ready' || file.state === 'used')
    if (!isThere) throw refuse.notFound()
    return describe(file)
  })
}
