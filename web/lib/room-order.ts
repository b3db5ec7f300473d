/** The order of the rooms in the list, and the way through them by keys. */
import { isSameRoom, type RoomAddress } from './route.ts'
import type { Room } from './views.ts'

export function latestFirst(one: Room, other: Room): number {
  return (other.last?.time ?? other.created) - (one.last?.time ?? one.created)
}

export const isUnread = ({ unread, markedUnread }: Room): boolean => unread > 0 || markedUnread

/** The next room of the list, or the one before. From none it is the first, or the last. */
export function neighbour(rooms: readonly Room[], here: RoomAddress | undefined, step: -1 | 1): Room | undefined {
  const at = placeOf(rooms, here)
  if (at === -1) return step === 1 ? rooms[0] : rooms.at(-1)
  return rooms[at + step]
}

/** The next room with something unread, around the end of the list if need be. */
export function nextUnread(rooms: readonly Room[], here: RoomAddress | undefined, step: -1 | 1): Room | undefined {
  const at = placeOf(rooms, here)
  const around = [...rooms.slice(at + 1), ...rooms.slice(0, Math.max(0, at))]
  return step === 1 ? around.find(isUnread) : around.findLast(isUnread)
}

function placeOf(rooms: readonly Room[], here: RoomAddress | undefined): number {
  return rooms.findIndex(
    ({ id, peer }) => isSameRoom(here, { room: id }) || (peer !== undefined && isSameRoom(here, { person: peer.id })),
  )
}
