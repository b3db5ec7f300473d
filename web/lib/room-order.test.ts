import { expect, test } from 'bun:test'
import { neighbour, nextUnread } from './room-order.ts'
import type { Room } from './views.ts'

function room(id: string, unread = 0): Room {
  return {
    id,
    channel: `room:${id}`,
    kind: 'group',
    name: id,
    description: '',
    archived: false,
    readOnly: false,
    slow: 0,
    retention: null,
    members: 2,
    created: 0,
    read: 0,
    delivered: 0,
    unread,
    mentions: 0,
    markedUnread: false,
    level: 'all',
    draft: '',
  }
}

const rooms = [room('a', 3), room('b'), room('c'), room('d', 1), room('e')]
const at = (id: string) => ({ room: id })

test('the next room is the one below, and the ends are ends', () => {
  expect(neighbour(rooms, at('b'), 1)?.id).toBe('c')
  expect(neighbour(rooms, at('b'), -1)?.id).toBe('a')
  expect(neighbour(rooms, at('e'), 1)).toBeUndefined()
  expect(neighbour(rooms, at('a'), -1)).toBeUndefined()
  expect(neighbour(rooms, undefined, 1)?.id).toBe('a')
})

test('the next unread room is found around the end of the list, and is never the one that is open', () => {
  expect(nextUnread(rooms, at('b'), 1)?.id).toBe('d')
  expect(nextUnread(rooms, at('b'), -1)?.id).toBe('a')
  expect(nextUnread(rooms, at('d'), 1)?.id).toBe('a')
  expect(nextUnread(rooms, at('a'), -1)?.id).toBe('d')
  expect(nextUnread(rooms, undefined, 1)?.id).toBe('a')
  expect(nextUnread([room('a', 2), room('b')], at('a'), 1)).toBeUndefined()
})
