/** What may be asked for in a room. */
import { newId, type Output } from '../../src/chat-client/index.ts'
import type { RoomDeeds, Details, Report } from '../lib/room-model.ts'
import type { Happening, Invitation } from '../lib/views.ts'
import { doneBy, outcomeOf } from './outcome-of.ts'
import type { RoomDriver } from './room-driver.ts'

export function roomDeeds(driver: RoomDriver): RoomDeeds {
  const { client, id: room } = driver
  const put = <Key extends keyof Details>(key: Key, value: Details[Key]) => {
    driver.details.value = { ...driver.details.value, [key]: value }
  }
  /** What was looked at is looked at again after it was changed. */
  const andLook = async (call: Promise<unknown>, ...keys: readonly (keyof Details)[]) => {
    const outcome = await doneBy(call)
    if (outcome.ok) for (const key of keys) look(key)
    return outcome
  }
  const look = (at: keyof Details): void => {
    void looks[at]().catch(() => undefined) // the place stays as it was; opening it again asks again
  }
  const looks: Record<keyof Details, () => Promise<void>> = {
    async members() {
      const { members } = await client.call('rooms.members', { room })
      driver.know(members.map(({ person }) => person))
      put('members', members)
    },
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
    findMembers: (beginning) => outcomeOf(membersLike(driver, beginning)),
    edit: (offset, text) => doneBy(client.call('messages.edit', { room, offset, text })),
    recall: (offset) => doneBy(client.call('messages.recall', { room, offset })),
    remove: (offset) => doneBy(client.call('messages.remove', { room, offset })),
    react: (offset, emoji, on) => doneBy(client.call('messages.react', { room, offset, emoji, on })),
    pin: (offset, on) => andLook(client.call('messages.pin', { room, offset, on }), 'pins'),
    report: (offset, reason) => doneBy(client.call('messages.report', { room, offset, reason })),
    forward: (offset, to) =>
      doneBy(client.call('messages.send', { room: to, clientId: newId(), forward: { room, offset } })),
    seen: (offset) => driver.room.read(offset),
    look,
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
    setRole: (person, role) => andLook(client.call('rooms.role', { room, person, role }), 'members'),
    kick: (person) => andLook(client.call('rooms.kick', { room, person }), 'members'),
    ban: (person, { for: duration, reason }) =>
      andLook(client.call('rooms.ban', { room, person, duration, reason }), 'members', 'bans'),
    unban: (person) => andLook(client.call('rooms.unban', { room, person }), 'bans'),
    mute: (person, { for: duration, reason }) =>
      andLook(client.call('rooms.mute', { room, person, duration, reason }), 'members'),
    unmute: (person) => andLook(client.call('rooms.unmute', { room, person }), 'members'),
    settleReport: (report) =>
      andLook(client.call('reports.settle', { report: Number(report), outcome: 'dismissed' }), 'reports'),
  }
}

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
function reportOf({ id, room, offset, from, by, reason, time, text }: Reported): Report {
  const nothing = { mentions: [], everyone: false, files: [], previews: [], reactions: [], pinned: false }
  return {
    id: String(id),
    by,
    reason,
    time,
    message: { room, offset, version: offset, id: '', from, time, text, ...nothing },
  }
}

const told: ReadonlySet<string> = new Set(['kicked', 'banned', 'unbanned', 'muted', 'unmuted', 'role'])

/** A line of what was done; its number stands where an offset would. */
function happeningOf({ id: offset, time, by, action, person = '', details }: Noted): Happening {
  const line = { offset, time, by }
  if (told.has(action)) return { ...details, type: 'member', ...line, person, what: action as MemberDeed }
  if (action === 'archived' || action === 'restored') return { type: 'room', ...line, what: action }
  return { type: 'deed', ...line, person, what: action }
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
