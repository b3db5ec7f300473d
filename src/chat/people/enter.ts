/** Somebody new comes in: a guest with a name, or a member who has a password as well. */
import { Refused, type Statement } from '../../index.ts'
import type { Call } from '../action.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { PersonId } from '../events.ts'
import { isKeptOut } from '../rooms/address-bans.ts'
import { enterLobby } from '../rooms/lobby.ts'
import { freeName, type Name, nameOf } from './names.ts'
import { networkOf } from './network.ts'
import { findPerson, type Person, personView } from './person.ts'
import { newSession, sessionCookie } from './sessions.ts'

/**
 * The session goes into a cookie, or, if asked, into the answer.
 * @throws ChatError `badName`, `nameTaken` with a name that is free
 */
export async function enter(call: Call, written: string, asToken: boolean) {
  if (!call.chat.options.guests) throw new ChatError('forbidden', { message: 'Guests are not let in here; log in' })
  demandOpenDoor(call)
  return letIn(call, newPerson(call.chat, nameOf(written), 'guest', null), asToken)
}

/** Somebody who is not there yet. */
export interface NewPerson {
  readonly id: PersonId
  readonly name: Name
  readonly statement: Statement
}

export function newPerson(
  chat: Chat,
  name: Name,
  kind: 'guest' | 'member' | 'bot',
  password: string | null,
  owner: PersonId | null = null,
): NewPerson {
  const [id, now] = [`u${chat.newId()}`, chat.now()]
  return {
    id,
    name,
    statement: {
      sql: `INSERT INTO chat_people (id, name, name_key, kind, password, owner, created, seen)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) ON CONFLICT (name_key) DO NOTHING RETURNING 1`,
      params: [id, name.shown, name.key, kind, password, owner, now],
      guard: 'name',
    },
  }
}

/** Writes somebody who is new, and what belongs to them. @throws ChatError `nameTaken` */
export async function add(
  chat: Chat,
  { id, name, statement }: NewPerson,
  ...others: readonly Statement[]
): Promise<Person> {
  await orNameTaken(chat, name, chat.write(statement, ...others))
  const person = findPerson(chat, id)
  if (person === undefined) throw new Error('a person was written and is not there')
  return person
}

/** @throws ChatError `nameTaken` with a name that is free, where the guard `name` refused */
export async function orNameTaken(chat: Chat, name: Name, work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof Refused && error.guard === 'name')) throw error
    const suggestion = freeName(chat, name)
    throw new ChatError('nameTaken', { cause: error, ...(suggestion !== undefined && { suggestion }) })
  }
}

/** With a session, and into the lobby. */
export async function letIn(call: Call, made: NewPerson, asToken: boolean) {
  const { chat } = call
  await chat.begun
  const session = newSession(chat, made.id, call)
  const person = await add(chat, made, ...session.statements)
  await enterLobby(chat, person)
  if (!asToken) call.cookies.push(sessionCookie(chat, session.token, call.secure))
  return { person: personView(person), ...(asToken && { token: session.token }) }
}

/** @throws ChatError `banned` for an address that the server keeps out */
export function demandOpenDoor({ chat, address }: Call): void {
  if (isKeptOut(chat, '', networkOf(address)))
    throw new ChatError('banned', { message: 'Nobody new is let in from this address' })
}
