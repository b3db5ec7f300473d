/** Made-up rooms, in every state that a row of the list can have. */
import type { Person, Room } from '../lib/views.ts'
import { ann, day, hour, jun, me, minute, now, omar, sofia, xia } from './people.ts'

const plain: Omit<Room, 'id' | 'channel' | 'name'> = {
  kind: 'public',
  description: '',
  archived: false,
  readOnly: false,
  slow: 0,
  retention: null,
  members: 12,
  created: now - 90 * day,
  role: 'member',
  read: 0,
  delivered: 0,
  unread: 0,
  mentions: 0,
  markedUnread: false,
  level: 'all',
  draft: '',
}

export function room(id: string, name: string, more: Partial<Room> = {}): Room {
  return { ...plain, id, channel: `room:${id}`, name, ...more }
}

function direct(peer: Person, more: Partial<Room>): Room {
  const id = [me.id, peer.id].toSorted().join('.')
  return room(id, peer.name, { kind: 'direct', channel: `dm:${id}`, peer, members: 2, ...more })
}

const last = (from: Person, text: string, ago: number, more: Partial<NonNullable<Room['last']>> = {}) => ({
  offset: 40,
  time: now - ago,
  from: from.id,
  text,
  files: 0,
  removed: false,
  ...more,
})

export const station = room('8fz2kq0v', 'Station 驿站', {
  description: 'Where the riders change horses. **Be kind**, write in any language. 中文、English 都行。',
  role: 'owner',
  members: 128,
  read: 19,
  last: last(ann, 'The new map is ready, have a look when you find the time', 2 * minute),
})

export const annRoom = direct(ann, { unread: 2, last: last(ann, '明天上午十点见？', 9 * minute) })

export const rooms: readonly Room[] = [
  station,
  annRoom,
  room('n3w5', 'Release 3.0', {
    kind: 'group',
    unread: 14,
    mentions: 2,
    last: last(jun, '@Mei 这个要你看一下，接口的返回值和文档不一样', 31 * minute),
  }),
  room('h1ke', 'Weekend hike 🏔️', {
    avatar: '/files/hike/thumbnail',
    kind: 'group',
    level: 'mentions',
    unread: 230,
    last: last(sofia, 'Who brings the tent?', 3 * hour),
  }),
  direct(jun, { last: last(me, '好的，收到', 5 * hour), draft: '还有一件事' }),
  room('b00k', '读书会', { kind: 'group', last: last(xia, '', 22 * hour, { files: 3 }), level: 'none', unread: 5 }),
  direct(omar, { last: last(omar, '', 2 * day, { removed: true }), markedUnread: true }),
  room('l0ng', 'A room whose name is much longer than any list could ever show', {
    last: last(sofia, 'And a last message that goes on and on, as some people do when they have the time', 9 * day),
  }),
  room('qu1et', 'Announcements', {
    readOnly: true,
    unread: 1500,
    last: last(jun, 'Maintenance on Sunday, 02:00 UTC', 400 * day),
  }),
]

export const publicRooms: readonly Room[] = [
  station,
  room('tea', '茶馆', { description: '闲聊，什么都可以说。', role: undefined, members: 845 }),
  room('dev', 'Developers', {
    description: 'Protocols, SDKs, and why offsets beat timestamps.',
    role: undefined,
    members: 311,
  }),
  room('help', 'Help desk', { description: '', role: undefined, members: 4 }),
]
