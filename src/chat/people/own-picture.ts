/** A picture that somebody sent, to be the face of that person or of a room: only who sent it may put it there. */
import { ChatError } from '../errors.ts'
import type { PersonId } from '../events.ts'

/** Holds while it is there. */
export const ownPicture = (file: string, owner: PersonId) => ({
  sql: `SELECT 1 FROM chat_files WHERE id = ? AND owner = ? AND state IN ('ready', 'used') AND type LIKE 'image/%'`,
  params: [file, owner],
  guard: 'changed',
})

export const noPicture = () =>
  new ChatError('notFound', { message: 'There is no such picture of yours; send it first' })
