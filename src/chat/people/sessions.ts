import type { HttpVisit } from '../../index.ts'
import type { Chat } from '../chat.ts'
import type { Person } from './person.ts'

export function sessionOf(_chat: Chat, _request: Request, _visit: HttpVisit): { person: Person | undefined; session: string | undefined } {
  return { person: undefined, session: undefined }
}
