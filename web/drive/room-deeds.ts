/** What may be asked for in a room. */
import { newId, type Output } from '../../src/chat-client/index.ts'
import type { RoomDeeds, Details, Look, Report } from '../lib/room-model.ts'
import type { Happening, Invitation } from '../lib/views.ts'
import { memberPages } from './member-pages.ts'
import { doneBy, outcomeOf } from './outcome-of.ts'
import type { RoomDriver } from './room-driver.ts'
import { upload } from './uploads.ts'

export function roomDeeds(driver: RoomDriver): RoomDeeds {
  const { client, id: room } = driver
  const put = <Key extends keyof Details>(key: Key, value: Details[Key]) => {
    driver.details.value = { ...driver.details.value, [key]: value }
  }
  /** What was looked at is looked at again after it was changed. */
  const andLook = async (call: Promise<unknown>, ...keys: readonly Look[]) => {
    const outcome = await doneBy(call)
    if (outcome.ok) for (const key of keys) if (driver.details.value[key] !== undefined) look(key)
    return outcome
  }
  const look = (at: Look): void => {
    void looks[at]().catch(() => undefined) // the place stays as it was; opening it again asks again
  }
  const members = memberPages(driver)
  const looks: Record<Look, () => Promise<void>> = {
    members: () => members.again(),
    async invitations() {
      const { invitations } = await client.call('invitations.list', { room })
      put('invitations', invitations.map(invitationOf))
    },
    async pins() {
      const { messages, people } = await client.call('messages.pins', { room })
      driver.know(people)
      put('pins', messages)
    },
    async files() {
      const kinds = ['image', 'file', 'voice'] as const
      const found = await Promise.all(
        kinds.map((kind) => client.call('messages.search', { room, query: `has:${kind}`, limit: 50 })),
      )
      for (const { people } of found) driver.know(people)
      const messages = new Map(found.flatMap(({ hits }) => hits.map(({ message }) => [message.offset, message])))
      const latest = [...messages.values()].toSorted((one, other) => other.offset - one.offset)
      put(
        'files',
        latest.flatMap((message) => message.files.map((file) => ({ message, file }))),
      )
    },
    async bans() {
      const { bans } = await client.call('rooms.bans', { room })
      driver.know(bans.map(({ person }) => person))
      put(
        'bans',
        bans.map(({ person, by, time, until, reason }) => ({
          person: person.id,
          by,
          time,
          until: until ?? undefined,
          reason,
        })),
      )
    },
    async reports() {
      const { reports, people } = await client.call('reports.list', { room })
      driver.know(people)
      put('reports', reports.map(reportOf))
    },
    async audit() {
      const { entries, people } = await client.call('audit.list', { room })
      driver.know(people)
      put('audit', entries.map(happeningOf))
    },
  }
  return {
    setDraft: (draft) => driver.drafts.set(draft),
    addFiles: (files) => driver.drafts.add(files),
    removeFile: (id) => driver.drafts.remove(id),
    retryFile: (id) => driver.drafts.send(id),
    membersLike: (beginning) => outcomeOf(membersLike(driver, beginning)),
    edit: (offset, text) => doneBy(client.call('messages.edit', { room, offset, text })),
    recall: (offset) => doneBy(client.call('messages.recall', { room, offset })),
    remove: (offset) => andLook(client.call('messages.remove', { room, offset }), 'reports', 'audit'),
    react: (offset, emoji, on) => doneBy(client.call('messages.react', { room, offset, emoji, on })),
    pin: (offset, on) => andLook(client.call('messages.pin', { room, offset, on }), 'pins'),
    report: (offset, reason) => doneBy(client.call('messages.report', { room, offset, reason })),
    forward: (offset, to) =>
      doneBy(client.call('messages.send', { room: to, clientId: newId(), forward: { room, offset } })),
    seen: (offset) => driver.room.read(offset),
    look,
    findMembers: (beginning) => void members.find(beginning).catch(() => undefined),
    moreMembers: () => void members.more().catch(() => undefined),
    meet: (people) => void client.call('people.get', { people: [...people] }).then(meet, () => undefined),
    setPicture: (picture) =>
      doneBy(
        (async () => {
          const avatar = picture === undefined ? null : (await upload(picture, 'picture', () => undefined).done).id
          return client.call('rooms.change', { room, avatar })
        })(),
      ),
    change: (change) => doneBy(client.call('rooms.change', { room, ...change })),
    archive: (on) => doneBy(client.call(on ? 'rooms.archive' : 'rooms.restore', { room })),
    invite: ({ expiresIn, limit }) =>
      andLook(
        client.call('invitations.create', {
          room,
          ...(expiresIn !== undefined && { duration: expiresIn }),
          ...(limit !== undefined && { uses: limit }),
        }),
        'invitations',
      ),
    revoke: (token) => andLook(client.call('invitations.revoke', { room, token }), 'invitations'),
    setRole: (person, role) => andLook(client.call('rooms.role', { room, person, role }), 'members', 'audit'),
    kick: (person, reason) => andLook(client.call('rooms.kick', { room, person, reason }), ...punished),
    ban: (person, { for: duration, reason }) =>
      andLook(client.call('rooms.ban', { room, person, duration, reason }), 'bans', ...punished),
    unban: (person) => andLook(client.call('rooms.unban', { room, person }), 'bans', 'audit'),
    mute: (person, { for: duration, reason }) =>
      andLook(client.call('rooms.mute', { room, person, duration, reason }), ...punished),
    unmute: (person) => andLook(client.call('rooms.unmute', { room, person }), ...punished),
    settleReport: (report, outcome) =>
      andLook(client.call('reports.settle', { report: Number(report), outcome }), 'reports', 'audit'),
  }

  function meet({ people }: Output<'people.get'>): void {
    driver.know(people)
  }
}

/** What changes when something is done about a member. */
const punished = ['members', 'reports', 'audit'] as const

const mostMembers = 200

async function membersLike({ client, id: room, know }: RoomDriver, beginning: string) {
  const prefix = beginning === '' ? {} : { prefix: beginning }
  const { members, next } = await client.call('rooms.members', { room, ...prefix, limit: mostMembers })
  const people = members.map(({ person }) => person)
  know(people)
  return { people, all: beginning === '' && next === undefined }
}

type Reported = Output<'reports.list'>['reports'][number]

/** The message as it was when it was reported. */
function reportOf({ id, room, offset, from, by, reason, time, text, role, gone }: Reported): Report {
  const nothing = { mentions: [], everyone: false, files: [], previews: [], reactions: [], pinned: false }
  return {
    id: String(id),
    by,
    reason,
    time,
    role,
    gone,
    message: { room, offset, version: offset, id: '', from, time, text, ...nothing },
  }
}

const told: ReadonlySet<string> = new Set(['kicked', 'banned', 'unbanned', 'muted', 'unmuted', 'role'])

/** A line of what was done; its number stands where an offset would. */
function happeningOf({ id: offset, time, by, action, person = '', details }: Noted): Happening {
  const line = { offset, time, by }
  if (told.has(action)) return { ...details, type: 'member', ...line, person, what: action as MemberDeed }
  if (action === 'archived' || action === 'restored') return { type: 'room', ...line, what: action }
  const outcome = typeof details['outcome'] === 'string' ? details['outcome'] : undefined
  return { type: 'deed', ...line, person, what: action, outcome }
}

type Noted = Output<'audit.list'>['entries'][number]
type MemberDeed = Extract<Happening, { type: 'member' }>['what']

interface Listed {
  readonly token: string
  readonly by: string
  readonly created: number
  readonly expires: number | null
  readonly usesLeft: number | null
  readonly used: number
}

function invitationOf({ token, by, created, expires, usesLeft, used }: Listed): Invitation {
  return {
    id: token,
    url: new URL(`/i/${token}`, location.origin).href,
    by,
    made: created,
    uses: used,
    ...(expires !== null && { expires }),
    ...(usesLeft !== null && { limit: used + usesLeft }),
  }
}
