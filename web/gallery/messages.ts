/** A made-up conversation in which everything occurs that a message can be. */
import type { Attachment, Happening, Message, Person } from '../lib/views.ts'
import { ann, bot, day, hour, jun, me, minute, now, omar, sofia, xia } from './people.ts'
import { station } from './rooms.ts'

export function message(offset: number, from: Person, ago: number, text: string, more: Partial<Message> = {}): Message {
  return {
    room: station.id,
    offset,
    version: offset,
    id: `c-${String(offset).padStart(8, '0')}`,
    from: from.id,
    time: now - ago,
    text,
    mentions: [],
    everyone: false,
    files: [],
    previews: [],
    reactions: [],
    pinned: false,
    ...more,
  }
}

const image = (id: string, width: number, height: number): Attachment => ({
  id,
  name: `${id}.jpg`,
  type: 'image/jpeg',
  size: 184_000,
  width,
  height,
})

export const voice: Attachment = {
  id: 'voice-1',
  name: 'voice.ogg',
  type: 'audio/ogg',
  size: 48_000,
  duration: 14_000,
  voice: true,
  waveform: Array.from({ length: 64 }, (_, index) =>
    Math.round(Math.abs(Math.sin(index / 3) * Math.cos(index / 11)) * 230 + 20),
  ),
}

const code =
  'Here is what I meant:\n\n```ts\nfor await (const entry of room.messages.follow({ from: offset })) {\n  show(entry) // once, in order\n}\n```'

export const pdf: Attachment = {
  id: 'plan',
  name: 'Plan for the winter – final (2).pdf',
  type: 'application/pdf',
  size: 2_430_000,
}

export const messages: readonly Message[] = [
  message(3, ann, 2 * day, 'Morning! Did anybody ride the northern road yet?'),
  message(4, jun, 2 * day - 4 * minute, '昨天走了一趟，雪已经化了，路面不错。', {
    reactions: [
      { emoji: '👍', count: 3, mine: true, people: [me.id, ann.id, omar.id] },
      { emoji: '❄️', count: 1, mine: false, people: [xia.id] },
    ],
  }),
  message(5, jun, 2 * day - 5 * minute, '照片：', { files: [image('road', 1600, 1066)] }),
  message(6, me, 2 * day - 9 * minute, 'Beautiful. I will take it on Thursday then', { edited: now - 2 * day }),
  message(
    10,
    sofia,
    day + 2 * hour,
    'A list for the stables:\n\n1. hay for *forty*\n2. new **lanterns**\n3. ~~salt~~ done\n\n> and somebody has to fix the gate\n\nsee https://example.com/stables/list and `make gate`',
  ),
  message(11, omar, day + 2 * hour - minute, '', { removed: { by: omar.id, time: now - day } }),
  message(12, bot, day + hour, 'Build **#4711** passed in 2 min 14 s', { as: { name: 'Deploy' } }),
  message(13, me, day, '@李俊 能帮我看看吗？', {
    mentions: [jun.id],
    reply: { offset: 10, from: sofia.id, text: 'A list for the stables: hay for forty, new lanterns', removed: false },
  }),
  message(16, jun, 3 * hour, code),
  message(17, jun, 3 * hour - minute, '🎉🎉'),
  message(18, ann, 2 * hour, 'The winter plan, and a word about it', {
    files: [pdf, voice],
    pinned: true,
  }),
  message(19, me, 100 * minute, '谢谢，我今晚看'),
  message(20, ann, 12 * minute, 'A few from the hill', {
    files: [image('hill', 1200, 1600), image('lake', 1600, 1200), image('fog', 1600, 900)],
  }),
  message(21, xia, 8 * minute, '这篇写得很好，推荐给大家 https://example.com/essay', {
    previews: [
      {
        url: 'https://example.com/essay',
        host: 'example.com',
        title: '驿站：一千年的消息系统',
        description: '从唐代的驿马到今天的长连接，消息如何准时、按序、不丢地到达。',
        site: 'example.com',
        image: image('essay', 640, 640),
      },
    ],
  }),
  message(22, ann, 2 * minute, '@Mei 梅 the new map is ready, have a look when you find the time', {
    mentions: [me.id],
    reactions: [{ emoji: '🙏', count: 1, mine: true, people: [me.id] }],
  }),
  message(23, me, minute, 'On it! Give me *ten* minutes'),
]

export const happenings: readonly Happening[] = [
  { type: 'room', offset: 1, time: now - 3 * day, by: me.id, what: 'created' },
  { type: 'member', offset: 2, time: now - 3 * day, by: me.id, what: 'joined', person: ann.id },
  { type: 'member', offset: 7, time: now - day - 4 * hour, by: sofia.id, what: 'joined', person: sofia.id },
  { type: 'member', offset: 8, time: now - day - 4 * hour, by: omar.id, what: 'joined', person: omar.id },
  { type: 'member', offset: 9, time: now - day - 3 * hour, by: me.id, what: 'role', person: jun.id, role: 'moderator' },
  { type: 'pin', offset: 14, time: now - 4 * hour, by: jun.id, of: 18 },
  { type: 'room', offset: 15, time: now - 4 * hour, by: me.id, what: 'changed', slow: 30 },
]
