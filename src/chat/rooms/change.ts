/** What a room is: its name, its picture, what it is for, who may write how often, how long messages are kept, and its end. */
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { RoomEntry, RoomId } from '../events.ts'
import { cleanText } from '../messages/text.ts'
import type { Person } from '../people/person.ts'
import { noPicture, ownPicture } from '../people/own-picture.ts'
import { standingOf } from './standing.ts'
import { roomName } from './room-name.ts'

export interface Changes {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly readOnly?: boolean | undefined
  readonly slow?: number | undefined // seconds
  readonly retention?: number | null | undefined // milliseconds
  readonly avatar?: string | null | undefined // a picture that this person has sent; null: none
}

/** @throws ChatError */
export async function change(chat: Chat, me: Person, room: RoomId, changes: Changes) {
  const { name, description, ...others } = changes
  if (Object.values(changes).every((value) => value === undefined))
    throw new ChatError('invalid', { message: 'There is nothing to change: say what' })
  const event: RoomEntry = {
    type: 'room',
    what: 'changed',
    by: me.id,
    time: chat.now(),
    ...(name !== undefined && { name: roomName(name) }),
    ...(description !== undefined && { description: cleanText(description, 2000) }),
    ...others,
  }
  const { avatar } = changes
  await chat.perform(me, () => {
    chat.demand('change', room, me)
    if (typeof avatar !== 'string') return { room, deed: 'change', event }
    const guard = ownPicture(avatar, me.id)
    if (chat.row(guard.sql, ...guard.params) === undefined) throw noPicture()
    return { room, deed: 'change', event, guards: [guard] }
  })
  return {}
}

/** Nothing is written in an archived room any more; it can be read, and restored. @throws ChatError */
export async function archive(chat: Chat, me: Person, room: RoomId, archived: boolean) {
  const event = { type: 'room', what: archived ? 'archived' : 'restored', by: me.id, time: chat.now() } as const
  const deed = archived ? 'archive' : 'restore'
  await chat.perform(me, () => {
    if (standingOf(chat, room, me).standing.archived !== archived) return { room, deed, event }
    chat.demand('restore', room, me) // it is done already; only who may is told so
    return undefined
  })
  return {}
}
