/** A guest comes in: a name is enough. */
import { Refused } from '../../index.ts'
import type { Call } from '../action.ts'
import { ChatError } from '../errors.ts'
import { enterLobby } from '../rooms/lobby.ts'
import { freeName, nameOf } from './names.ts'
import { findPerson, personView } from './person.ts'
import { newSession, sessionCookie } from './sessions.ts'

/**
 * The session goes into a cookie, or, if asked, into the answer.
 * @throws ChatError `badName`, `nameTaken` with a name that is free
 */
export async function enter(call: Call, written: string, asToken: boolean) {
  const { chat } = call
  if (!chat.options.guests) throw new ChatError('forbidden', { message: 'Guests are not let in here; log in' })
  const name = nameOf(written)
  await chat.begun
  const [id, now] = [`u${chat.newId()}`, chat.now()]
  const session = newSession(chat, id, call)
  try {
    await chat.write(
      {
        sql: `INSERT INTO chat_people (id, name, name_key, kind, created, seen)
          VALUES (?1, ?2, ?3, 'guest', ?4, ?4) ON CONFLICT (name_key) DO NOTHING RETURNING 1`,
        params: [id, name.shown, name.key, now],
        guard: 'name',
      },
      session.statement,
    )
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const suggestion = freeName(chat, name)
    throw new ChatError('nameTaken', { cause: error, ...(suggestion !== undefined && { suggestion }) })
  }
  const person = findPerson(chat, id)
  if (person === undefined) throw new Error('a person was written and is not there')
  await enterLobby(chat, person)
  if (!asToken) call.cookies.push(sessionCookie(chat, session.token, call.secure))
  return { person: personView(person), ...(asToken && { token: session.token }) }
}
