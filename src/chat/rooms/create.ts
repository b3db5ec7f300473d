/** A new room. */
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { RoomEntry } from '../events.ts'
import { findPeople, type Person } from '../people/person.ts'

export interface NewRoom {
  readonly kind: 'public' | 'group'
  readonly name: string
  readonly description: string
  readonly members: readonly string[]
}

/** @throws ChatError */
export async function create(chat: Chat, owner: Person, { kind, name, description, members }: NewRoom) {
  const room = chat.newId()
  const others = findPeople(chat, members).filter(({ id, kind: what }) => id !== owner.id && what !== 'gone')
  const event: RoomEntry = {
    type: 'room',
    what: 'created',
    by: owner.id,
    time: chat.now(),
    kind,
    name: name.trim(),
    description,
    members: [
      { person: owner.id, role: 'owner' },
      ...others.map(({ id }) => ({ person: id, role: 'member' as const })),
    ],
  }
  if (event.name === '') throw new ChatError('badName', { message: 'A room needs a name' })
  await chat.add({ room, event, key: 'created' }, owner)
  return { room }
}
