/**
 * The lobby: a public room that everybody is in who comes in, so that nobody
 * stands before an empty page. It is made when the server starts, and belongs
 * to nobody: administrators of the server stand as its owners, and may rename
 * it. Who leaves it stays out of it.
 */
import { hkdfSync } from 'node:crypto'
import type { Posthouse } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { RoomEntry } from '../events.ts'
import type { Person } from '../people/person.ts'
import { isLetIn } from './address-bans.ts'
import { exists, isNew } from './membership.ts'
import { arrival } from './join.ts'
import { serverHook } from '../webhooks/manage.ts'
import { roomName } from './room-name.ts'

const lobbyRoom = 'lobby'

/** Makes it, if there is to be one. The name is the option's at the beginning only. */
export async function openLobby(chat: Chat): Promise<void> {
  if (chat.options.lobby === '' || exists(chat, lobbyRoom)) return
  const event: RoomEntry = {
    type: 'room',
    what: 'created',
    by: '',
    time: chat.now(),
    kind: 'public',
    name: roomName(chat.options.lobby),
    description: '',
  }
  const statements = serverHook(chat, lobbyRoom, 'curl', lobbyToken(chat.server))
  await chat.add({ room: lobbyRoom, event, key: 'created', guards: [isNew(lobbyRoom)], statements })
}

/**
 * What is posted to this path is said in the lobby: the first thing that
 * somebody with a terminal tries. It follows from the secret, so that it can be
 * told before the lobby is there; like any webhook it can be taken away.
 */
export const lobbyHook = (server: Posthouse): string => `/hooks/${lobbyToken(server)}`

function lobbyToken({ secrets }: Posthouse): string {
  const bytes = hkdfSync('sha256', secrets.tokenSecret, '', 'posthouse hook of the lobby', 24)
  return Buffer.from(bytes).toString('base64url')
}

/** Somebody who is new comes into the lobby, unless it is closed, or keeps them out. */
export async function enterLobby(chat: Chat, person: Person): Promise<void> {
  if (chat.options.lobby === '' || !exists(chat, lobbyRoom)) return
  try {
    await chat.perform(person, () => ({
      room: lobbyRoom,
      deed: 'join',
      guards: [isLetIn(lobbyRoom, person.id, chat.now())],
      ...arrival(chat, person.id, person.id),
    }))
  } catch (error) {
    if (!(error instanceof ChatError)) throw error // they are here, if not in the lobby
  }
}
