/** Who connects, on any door that asks: whoever the session says, in the cookie or as the token. */
import type { ConnectionRequest, Identity } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { inboxOf } from '../events.ts'
import type { Person } from './person.ts'
import { findSession, tokenOf } from './sessions.ts'

/** Undefined for somebody whom the chat does not know. */
export function identify(chat: Chat, request: ConnectionRequest): Identity | undefined {
  const session = findSession(chat, request.token === '' ? tokenOf(chat, request) : request.token)
  if (session === undefined) return undefined
  const { id, person } = session
  return {
    user: person.id,
    info: infoOf(person),
    meta: { session: id, address: request.address, agent: request.headers.get('user-agent') ?? '' },
    data: { person: person.id },
    channels: [inboxOf(person.id)],
  }
}

/** What others see of somebody, with what is published and in presence. */
function infoOf({ name, avatar }: Person) {
  return { name, ...(avatar !== null && { avatar }) }
}
