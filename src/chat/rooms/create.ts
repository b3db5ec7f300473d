/** A new room. */
import { createHash } from 'node:crypto'
import type { Chat } from '../chat.ts'
import type { RoomEntry } from '../events.ts'
import { cleanText } from '../messages/text.ts'
import { refusing } from '../people/blocks.ts'
import { findPeople, type Person } from '../people/person.ts'
import { demandSpace } from './membership.ts'
import { roomName } from './room-name.ts'

export interface NewRoom {
  readonly kind: 'public' | 'group'
  readonly name: string
  readonly description: string
  readonly members: readonly string[]
  readonly clientId?: string | undefined
}

/** Who is not there, or does not want to hear from the owner, is left out. @throws ChatError `badName`, `full` */
export async function create(chat: Chat, owner: Person, { kind, name, description, members, clientId }: NewRoom) {
  demandSpace(chat, owner.id)
  const room = clientId === undefined ? chat.newId() : idOf(owner, clientId)
  const averse = refusing(chat, members, owner.id)
  const others = findPeople(chat, members).filter(
    ({ id, kind: what }) => id !== owner.id && what !== 'gone' && !averse.has(id),
  )
  const event: RoomEntry = {
    type: 'room',
    what: 'created',
    by: owner.id,
    time: chat.now(),
    kind,
    name: roomName(name),
    description: cleanText(description, 2000),
    members: [
      { person: owner.id, role: 'owner' },
      ...others.map(({ id }) => ({ person: id, role: 'member' as const })),
    ],
  }
  await chat.add({ room, event, key: 'created' }, owner)
  return { room }
}

/** Asked again with the same id, it is the same room: that of somebody else cannot be met. */
function idOf({ id }: Person, clientId: string): string {
  return createHash('sha256').update(`room ${id} ${clientId}`).digest('hex').slice(0, 20)
}
