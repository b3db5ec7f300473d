/** Every screen, in the states it can be in: an address, and what is filled in before it is drawn. */
import { shortcutsShown } from '../chat/shortcuts/shown.ts'
import type { InstallWay } from '../lib/installation.ts'
import type { DraftFile } from '../lib/room-model.ts'
import type { FixtureModel } from './fixture-model.ts'
import type { FixtureRoom } from './fixture-room.ts'
import { happenings, message, messages, pdf, voice as voiceFile } from './messages.ts'
import { ann, day, everyone, hour, jun, me, minute, now, omar, sofia, xia } from './people.ts'
import { annRoom, rooms, station } from './rooms.ts'
import { hueOf } from '../ui/avatar.tsx'

export interface Screen {
  readonly path: string
  /** How it could be installed. */
  readonly install?: InstallWay
  /** Where the browser has notifications, they are offered. */
  readonly offersNotifications?: boolean
  readonly fill?: (model: FixtureModel) => void
  /** What is pressed before one looks: a selector, and how. */
  readonly press?: readonly {
    readonly on: string
    readonly how: 'click' | 'hover' | 'context'
    /** What is written then. */
    readonly type?: string
  }[]
}

const stationPath = `/r/${station.id}`
const roomOf = (model: FixtureModel): FixtureRoom => model.room({ room: station.id })

function talk(model: FixtureModel): FixtureRoom {
  const room = roomOf(model)
  room.page.value = { messages, happenings, before: 'end', after: 'end' }
  return room
}

function outside(model: FixtureModel): void {
  model.entry.value = { at: 'outside', guests: true }
}

const members = everyone.map((person, index) => ({
  person,
  role: (['owner', 'admin', 'moderator', 'member'] as const)[index] ?? 'member',
  joined: now - index * day,
  ...(person === omar && { mutedUntil: now + hour }),
}))

const invitations = [
  {
    id: 'i1',
    url: 'https://chat.example.com/i/h7Kq2x9Vb3',
    by: me.id,
    made: now - day,
    expires: now + 6 * day,
    uses: 3,
    limit: 10,
  },
  { id: 'i2', url: 'https://chat.example.com/i/Zp04mnQe1r', by: ann.id, made: now - 9 * day, uses: 41 },
]

const draftFiles: readonly DraftFile[] = [
  {
    id: 'd1',
    name: 'horse.jpg',
    type: 'image/jpeg',
    size: 1_830_000,
    url: '/files/horse',
    state: 'uploading',
    progress: 0.6,
  },
  {
    id: 'd2',
    name: 'a very long name of a file.pdf',
    type: 'application/pdf',
    size: 93_000,
    state: 'failed',
    progress: 0,
    problem: { name: 'tooLarge', message: '' },
  },
]

const levels = Array.from({ length: 60 }, (_, index) => Math.abs(Math.sin(index / 2) * Math.cos(index / 9)))

const clip = { name: 'voice.webm', type: 'audio/webm', url: '/files/voice', size: 60_000 }
const voice = { duration: 14_000, waveform: levels.map((level) => Math.round(level * 255)) }

const spoken: readonly DraftFile[] = [
  { ...clip, id: 'v1', voice, state: 'uploading', progress: 0.4 },
  { ...clip, id: 'v2', voice, state: 'failed', progress: 0, problem: { name: 'offline', message: '' } },
]

const state = (at: Parameters<typeof setState>[1]) => (model: FixtureModel) => setState(roomOf(model), at)

function setState(room: FixtureRoom, at: FixtureRoom['state']['value']): void {
  room.state.value = at
}

function changed(model: FixtureModel, change: Partial<typeof station>): void {
  const room = talk(model)
  if (room.state.value.at === 'open') room.state.value = { ...room.state.value, room: { ...station, ...change } }
}

export const screens: Readonly<Record<string, Screen>> = {
  starting: { path: '/', fill: (model) => (model.entry.value = { at: 'start' }) },
  welcome: { path: '/', fill: outside },
  'welcome-revoked': {
    path: '/',
    fill: (model) => (model.entry.value = { at: 'outside', guests: true, ended: 'revoked' }),
  },
  'welcome-log-in': { path: '/', fill: (model) => (model.entry.value = { at: 'outside', guests: false }) },
  'welcome-invitation': {
    path: '/i/abc',
    fill: (model) => {
      outside(model)
      model.invited.value = { state: 'open', room: { ...station, hue: hueOf(station.id) }, by: ann.name }
    },
  },
  'welcome-invitation-over': {
    path: '/i/abc',
    fill: (model) => {
      outside(model)
      model.invited.value = { state: 'over' }
    },
  },
  invitation: {
    path: '/i/abc',
    fill: (model) =>
      (model.invited.value = { state: 'open', room: { ...station, hue: hueOf(station.id) }, by: ann.name }),
  },
  rooms: {
    path: '/',
    fill: (model) =>
      (model.rooms.value = {
        ...model.rooms.value,
        typing: new Map([['h1ke', [sofia.id]]]),
        failed: new Set([annRoom.id]),
      }),
  },
  'rooms-menu': { path: '/', press: [{ on: 'nav [aria-haspopup="menu"]', how: 'click' }] },
  'rooms-loading': {
    path: '/',
    fill: (model) => (model.rooms.value = { ...model.rooms.value, state: 'loading', rooms: [] }),
  },
  'rooms-empty': { path: '/', fill: (model) => (model.rooms.value = { ...model.rooms.value, rooms: [] }) },
  'rooms-failed': {
    path: '/',
    fill: (model) => (model.rooms.value = { ...model.rooms.value, state: 'failed', rooms: [] }),
  },
  browse: { path: '/rooms' },
  'new-room': { path: '/new' },
  room: { path: stationPath, fill: talk },
  'room-top': {
    path: stationPath,
    fill: (model) => {
      const room = talk(model)
      room.page.value = { ...room.page.value, before: 'loading', after: 'more' }
      room.place.value = { atEnd: false, below: 7 }
    },
  },
  'room-jumped': {
    path: `${stationPath}/10`,
    fill: (model) => {
      const room = talk(model)
      room.page.value = { ...room.page.value, before: 'more', after: 'more' }
      room.place.value = { atEnd: false, below: 3 }
    },
  },
  'room-day': {
    path: stationPath,
    fill: talk,
    press: [{ on: 'li:has(> [data-stop^="day"]):not(:has(~ li > [data-stop^="day"])) > button', how: 'click' }],
  },
  'room-more': {
    path: stationPath,
    fill: talk,
    press: [{ on: 'section header [aria-haspopup="menu"]', how: 'click' }],
  },
  shortcuts: {
    path: stationPath,
    fill: (model) => {
      talk(model)
      shortcutsShown.value = true
    },
  },
  'room-hover': { path: stationPath, fill: talk, press: [{ on: '[data-offset="22"]', how: 'hover' }] },
  'room-menu': { path: stationPath, fill: talk, press: [{ on: '[data-offset="22"]', how: 'context' }] },
  'room-menu-own': { path: stationPath, fill: talk, press: [{ on: '[data-offset="23"]', how: 'context' }] },
  'room-recall': {
    path: stationPath,
    fill: talk,
    press: [
      { on: '[data-offset="23"]', how: 'context' },
      { on: '[role="menuitem"]:last-child', how: 'click' },
    ],
  },
  'room-emoji': {
    path: stationPath,
    fill: talk,
    press: [{ on: 'section section [aria-haspopup="dialog"]', how: 'click' }],
  },
  'room-image': { path: stationPath, fill: talk, press: [{ on: '[data-offset="20"] img', how: 'click' }] },
  'room-voice': {
    path: stationPath,
    fill: (model) =>
      (talk(model).page.value = {
        ...talk(model).page.value,
        messages: [
          message(3, ann, 30 * minute, '', { files: [voiceFile] }),
          message(4, me, 25 * minute, '', { files: [voiceFile] }),
          message(5, sofia, 20 * minute, 'In words, too, so that nobody has to listen.', { files: [voiceFile] }),
          message(6, omar, 15 * minute, '', {
            files: [{ ...voiceFile, id: 'song', name: 'Song of the road.ogg', voice: false }],
          }),
          message(7, me, 10 * minute, '', { files: [pdf] }),
        ],
      }),
  },
  'room-sending': {
    path: stationPath,
    fill: (model) => {
      const room = talk(model)
      room.who.value = [ann.id, xia.id]
      room.messages.value = [
        {
          id: 'p1',
          text: '第一条已经在路上',
          time: now,
          reply: { offset: 22, from: ann.id, text: 'the new map is ready', removed: false },
          files: draftFiles.slice(0, 1),
          state: 'sending',
        },
        { id: 'p2', text: 'and this one waits its turn', time: now, files: [], state: 'waiting' },
        {
          id: 'p3',
          text: 'This one was refused',
          time: now,
          files: [],
          state: 'failed',
          problem: { name: 'slow', message: '', retryAfter: 12_000 },
        },
      ]
      model.connection.value = { state: 'offline', late: true }
    },
  },
  'room-reply': {
    path: stationPath,
    fill: (model) => {
      const room = talk(model)
      room.draft.value = {
        text: 'Looks good to me,\nI will bring the horse',
        files: draftFiles,
        about: { kind: 'reply', message: message(22, ann, minute, 'the new map is ready') },
      }
    },
  },
  'room-edit': {
    path: stationPath,
    fill: (model) => {
      talk(model).draft.value = {
        text: 'On it! Give me *five* minutes',
        files: [],
        about: { kind: 'edit', message: message(23, me, minute, 'On it! Give me *ten* minutes') },
      }
    },
  },
  'room-slow': {
    path: stationPath,
    fill: (model) => {
      const room = talk(model)
      const slow = { ...station, slow: 30 }
      if (room.state.value.at === 'open')
        room.state.value = { ...room.state.value, room: slow, waitUntil: Date.now() + 27_000 }
      room.draft.value = { text: 'one more thing', files: [] }
    },
  },
  'room-mention': {
    path: stationPath,
    fill: talk,
    press: [{ on: 'textarea', how: 'click', type: '@' }],
  },
  'room-emoji-name': {
    path: stationPath,
    fill: talk,
    press: [{ on: 'textarea', how: 'click', type: ':hea' }],
  },
  'room-recording': {
    path: stationPath,
    fill: (model) => (talk(model).voice.value = { at: 'recording', time: 24_300, longest: 300_000, levels }),
  },
  'room-recording-end': {
    path: stationPath,
    fill: (model) => (talk(model).voice.value = { at: 'recording', time: 291_000, longest: 300_000, levels }),
  },
  'room-recording-asking': { path: stationPath, fill: (model) => (talk(model).voice.value = { at: 'asking' }) },
  'room-recording-refused': {
    path: stationPath,
    fill: (model) => (talk(model).voice.value = { at: 'refused', why: 'denied' }),
  },
  'room-recorded': {
    path: stationPath,
    fill: (model) => (talk(model).draft.value = { text: '', files: spoken }),
  },
  'room-muted': {
    path: stationPath,
    fill: (model) => changed(model, { role: 'member', mutedUntil: Date.now() + 2 * hour }),
  },
  'room-visitor': { path: stationPath, fill: (model) => changed(model, { role: undefined }) },
  'room-read-only': { path: stationPath, fill: (model) => changed(model, { role: 'member', readOnly: true }) },
  'room-archived': { path: stationPath, fill: (model) => changed(model, { archived: true }) },
  'room-empty': { path: stationPath },
  'room-loading': { path: stationPath, fill: state({ at: 'loading' }) },
  'room-failed': { path: stationPath, fill: state({ at: 'failed', problem: { name: 'unavailable', message: '' } }) },
  'room-missing': { path: stationPath, fill: state({ at: 'missing' }) },
  'room-banned': {
    path: stationPath,
    fill: state({ at: 'banned', reason: 'too many horses', until: now + day }),
  },
  'room-removed': { path: stationPath, fill: state({ at: 'removed', room: station, why: 'kicked' }) },
  'room-banned-now': {
    path: stationPath,
    fill: state({ at: 'removed', room: station, why: 'banned', reason: 'too many horses', until: now + day }),
  },
  'room-readers': {
    path: stationPath,
    fill: (model) => {
      talk(model).receipts.value = new Map(
        [ann, jun, omar, xia].map((person, index) => [person.id, { read: index < 3 ? 40 : 0, delivered: 40 }]),
      )
    },
    press: [
      { on: '[data-offset="23"]', how: 'context' },
      { on: '[role="menuitem"]:has(svg.lucide-check-check)', how: 'click' },
    ],
  },
  'room-forward': {
    path: stationPath,
    fill: talk,
    press: [
      { on: '[data-offset="22"]', how: 'context' },
      { on: '[role="menuitem"]:has(svg.lucide-forward)', how: 'click' },
    ],
  },
  'room-report': {
    path: stationPath,
    fill: talk,
    press: [
      { on: '[data-offset="22"]', how: 'context' },
      { on: '[role="menuitem"]:has(svg.lucide-flag)', how: 'click' },
    ],
  },
  direct: {
    path: `/dm/${ann.id}`,
    fill: (model) => {
      const room = model.room({ person: ann.id })
      room.page.value = {
        messages: [
          message(1, ann, 3 * hour, 'Did the parcel arrive?'),
          message(2, me, 2 * hour, 'Yes, this morning. 谢谢！'),
          message(3, ann, 9 * minute, '明天上午十点见？', { files: [pdf] }),
          message(25, me, 8 * minute, '好'),
        ],
        happenings: [],
        before: 'end',
        after: 'end',
      }
      room.who.value = [ann.id]
    },
  },
  'direct-away': {
    path: `/dm/${omar.id}`,
    fill: (model) => {
      const room = model.room({ person: omar.id })
      const sent = message(40, me, 8 * minute, 'Your horse is still here')
      room.page.value = { messages: [sent], happenings: [], before: 'end', after: 'end' }
    },
  },
  'direct-blocked': {
    path: `/dm/${omar.id}`,
    fill: (model) => {
      const room = model.room({ person: omar.id })
      const got = message(3, omar, 8 * minute, 'buy my horse')
      room.page.value = { messages: [got], happenings: [], before: 'end', after: 'end' }
      model.account.value = { ...model.account.value, blocked: [omar] }
    },
  },
  details: { path: `${stationPath}/details`, fill: talk },
  'details-direct': { path: `/dm/${ann.id}/details` },
  members: {
    path: `${stationPath}/details/members`,
    fill: (model) => (talk(model).details.value = { ...talk(model).details.value, members }),
  },
  'members-menu': {
    path: `${stationPath}/details/members`,
    fill: (model) => (talk(model).details.value = { ...talk(model).details.value, members }),
    press: [{ on: '#here ~ div li:nth-child(3) [aria-haspopup]', how: 'click' }],
  },
  'members-ban': {
    path: `${stationPath}/details/members`,
    fill: (model) => (talk(model).details.value = { ...talk(model).details.value, members, moreMembers: true }),
    press: [
      { on: '#here ~ div li:nth-child(3) [aria-haspopup]', how: 'click' },
      { on: '[role="menuitem"]:nth-last-child(3)', how: 'click' },
    ],
  },
  'members-loading': { path: `${stationPath}/details/members`, fill: talk },
  invitations: {
    path: `${stationPath}/details/invitations`,
    fill: (model) => (talk(model).details.value = { ...talk(model).details.value, invitations }),
  },
  'invitations-qr': {
    path: `${stationPath}/details/invitations`,
    fill: (model) => (talk(model).details.value = { ...talk(model).details.value, invitations }),
    press: [{ on: '#here ~ div li:first-child button:nth-child(2)', how: 'click' }],
  },
  'invitations-none': {
    path: `${stationPath}/details/invitations`,
    fill: (model) => (talk(model).details.value = { ...talk(model).details.value, invitations: [] }),
  },
  pins: {
    path: `${stationPath}/details/pins`,
    fill: (model) =>
      (talk(model).details.value = {
        ...talk(model).details.value,
        pins: messages.filter(({ pinned, offset }) => pinned || offset === 10),
      }),
  },
  files: {
    path: `${stationPath}/details/files`,
    fill: (model) =>
      (talk(model).details.value = {
        ...talk(model).details.value,
        files: messages.flatMap((each) => each.files.map((file) => ({ message: each, file }))),
      }),
  },
  'edit-room': { path: `${stationPath}/details/edit`, fill: talk },
  moderation: {
    path: `${stationPath}/details/moderation`,
    fill: (model) =>
      (talk(model).details.value = {
        ...talk(model).details.value,
        reports: [
          {
            id: 'r1',
            message: message(16, omar, hour, 'buy my horse, cheap, best horse!!!'),
            by: jun.id,
            time: now - hour,
            reason: 'spam',
            role: 'member',
            gone: false,
          },
          {
            id: 'r2',
            message: message(12, sofia, day, 'You all know nothing of horses, and least of all of mine.'),
            by: xia.id,
            time: now - day,
            reason: '',
            role: undefined,
            gone: true,
          },
        ],
        bans: [{ person: omar.id, by: jun.id, time: now - day, until: now + day, reason: 'spam' }],
        audit: happenings,
      }),
  },
  search: {
    path: '/search?q=road',
    fill: (model) =>
      (model.search.value = {
        query: 'road',
        room: undefined,
        state: 'ready',
        more: true,
        hits: [
          { message: message(3, ann, 2 * day, 'Morning! Did anybody ride the northern road yet?'), room: station },
          {
            message: message(
              9,
              sofia,
              40 * day,
              'The old road is closed until spring; the new one leads by the lake. '.repeat(3),
            ),
            room: rooms[3] ?? station,
          },
        ],
      }),
  },
  'search-none': {
    path: '/search?q=dragon',
    fill: (model) => (model.search.value = { query: 'dragon', room: undefined, state: 'ready', hits: [], more: false }),
  },
  'search-idle': { path: '/search' },
  settings: { path: '/settings' },
  'settings-install': { path: '/settings', install: 'button' },
  'settings-install-words': {
    path: '/settings',
    install: 'words',
    press: [{ on: '#here [data-install]', how: 'click' }],
  },
  'rooms-install': { path: '/', install: 'button' },
  'room-notifications': { path: stationPath, fill: talk, offersNotifications: true },
  'settings-guest': {
    path: '/settings',
    fill: (model) => (model.account.value = { ...model.account.value, hasPassword: false }),
  },
  profile: {
    path: '/settings/profile',
    fill: (model) => (model.account.value = { ...model.account.value, hasPassword: false }),
  },
  'profile-password': { path: '/settings/profile' },
  sessions: {
    path: '/settings/sessions',
    fill: (model) =>
      (model.account.value = {
        ...model.account.value,
        sessions: [
          { id: 's1', device: 'Firefox, Linux', address: '192.0.2.7', seen: now, current: true },
          { id: 's2', device: 'Safari, iPhone', address: '2001:db8::42', seen: now - 5 * hour, current: false },
        ],
      }),
  },
  appearance: { path: '/settings/appearance' },
  notifications: { path: '/settings/notifications' },
  privacy: {
    path: '/settings/privacy',
    fill: (model) => (model.account.value = { ...model.account.value, blocked: [omar] }),
  },
  'connection-refused': {
    path: stationPath,
    fill: (model) => {
      talk(model)
      model.connection.value = { state: 'refused', why: 'version' }
    },
  },
}
