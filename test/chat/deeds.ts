/** Short ways to do what tests of messages do all the time. */
import type { RoomEvent, Role } from '../../src/chat/events.ts'
import { project } from '../../src/chat/projection.ts'
import type { Caller, ChatServer, Input } from './support.ts'

let made = 0

/** Where the message stands. */
export async function say(
  who: Caller,
  room: string,
  text: string,
  more: Partial<Input<'messages.send'>> = {},
): Promise<number> {
  const { offset } = await who.call('messages.send', { room, clientId: `message-${++made}`, text, ...more })
  return offset
}

/** A group of these people; the first is its owner. */
export async function group(owner: Caller, ...others: readonly Caller[]): Promise<string> {
  const members = others.map(({ id }) => id)
  const { room } = await owner.call('rooms.create', { kind: 'group', name: 'Tea', members })
  return room
}

/** Puts an entry into a room's log that no action is asked for. */
export async function enter(chat: ChatServer, room: string, event: RoomEvent): Promise<number> {
  const { offset } = await chat.server.publish(`room:${room}`, event, { statements: project(room, event) })
  return offset
}

export function giveRole(chat: ChatServer, room: string, person: string, role: Role): Promise<number> {
  return enter(chat, room, { type: 'member', what: 'role', by: '', time: chat.now(), person, role })
}

export function kick(chat: ChatServer, room: string, person: string): Promise<number> {
  return enter(chat, room, { type: 'member', what: 'kicked', by: '', time: chat.now(), person })
}

export function change(
  chat: ChatServer,
  room: string,
  what: { readonly slow?: number; readonly readOnly?: boolean },
): Promise<number> {
  return enter(chat, room, { type: 'room', what: 'changed', by: '', time: chat.now(), ...what })
}
