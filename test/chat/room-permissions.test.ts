/**
 * Each action on a room, by each role, in each kind of room, by administrators
 * of the server and others, through the real server. What is right stands in
 * the table below in words of its own.
 */
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { type Caller, type ChatServer, refusalOf, startChat } from './support.ts'

setDefaultTimeout(120_000)

const powers = ['stranger', 'member', 'moderator', 'admin', 'owner'] as const
type Power = (typeof powers)[number]
type Kind = 'public' | 'group' | 'direct'

/** A room with an owner and a member, and who tries something in it. */
interface Place {
  readonly chat: ChatServer
  readonly room: string
  readonly owner: Caller
  readonly other: Caller
  readonly newcomer: Caller
  readonly actor: Caller
}

interface Rule {
  /** Who may, where the room is public or a group's; `nobody` is told otherwise below. */
  readonly from: Power
  /** The same for a member of a room of two. */
  readonly inDirect?: true
  /** What an administrator of the server does not get by that. */
  readonly inPerson?: true
  readonly prepare?: (place: Place) => Promise<unknown>
  readonly act: (place: Place) => Promise<unknown>
}

let said = 0
const rules: Readonly<Record<string, Rule>> = {
  'messages.send': {
    from: 'member',
    inDirect: true,
    inPerson: true,
    act: ({ actor, room }) => actor.call('messages.send', { room, clientId: `message-${++said}`, text: 'hi' }),
  },
  'rooms.members': {
    from: 'stranger',
    inDirect: true,
    act: ({ actor, room }) => actor.call('rooms.members', { room }),
  },
  'rooms.join': { from: 'stranger', act: ({ actor, room }) => actor.call('rooms.join', { room }) },
  'rooms.leave': {
    from: 'member',
    inPerson: true,
    prepare: ({ owner, other, room, actor }) =>
      owner === actor ? owner.call('rooms.role', { room, person: other.id, role: 'owner' }) : Promise.resolve(),
    act: ({ actor, room }) => actor.call('rooms.leave', { room }),
  },
  'rooms.invite': {
    from: 'member',
    act: ({ actor, room, newcomer }) => actor.call('rooms.invite', { room, person: newcomer.id }),
  },
  'invitations.create': { from: 'member', act: ({ actor, room }) => actor.call('invitations.create', { room }) },
  'invitations.list': { from: 'member', act: ({ actor, room }) => actor.call('invitations.list', { room }) },
  'invitations.revoke': {
    from: 'admin',
    act: async ({ actor, owner, room, chat }) => {
      const token = `token-${++said}`
      await chat.server.write({
        sql: 'INSERT INTO chat_invitations (token, room, by, created) VALUES (?, ?, ?, 0)',
        params: [token, room, owner === actor ? 'somebody' : owner.id],
      })
      return actor.call('invitations.revoke', { room, token })
    },
  },
  'rooms.change': { from: 'admin', act: ({ actor, room }) => actor.call('rooms.change', { room, slow: 3 }) },
  'rooms.archive': { from: 'owner', act: ({ actor, room }) => actor.call('rooms.archive', { room }) },
  'rooms.restore': {
    from: 'owner',
    prepare: ({ owner, room }) => owner.call('rooms.archive', { room }),
    act: ({ actor, room }) => actor.call('rooms.restore', { room }),
  },
  'rooms.bans': { from: 'moderator', act: ({ actor, room }) => actor.call('rooms.bans', { room }) },
  'rooms.kick': {
    from: 'moderator',
    act: ({ actor, room, other }) => actor.call('rooms.kick', { room, person: other.id }),
  },
  'rooms.ban': {
    from: 'moderator',
    act: ({ actor, room, other }) => actor.call('rooms.ban', { room, person: other.id }),
  },
  'rooms.unban': {
    from: 'moderator',
    prepare: ({ owner, room, newcomer }) => owner.call('rooms.ban', { room, person: newcomer.id }),
    act: ({ actor, room, newcomer }) => actor.call('rooms.unban', { room, person: newcomer.id }),
  },
  'rooms.mute': {
    from: 'moderator',
    act: ({ actor, room, other }) => actor.call('rooms.mute', { room, person: other.id }),
  },
  'rooms.unmute': {
    from: 'moderator',
    prepare: ({ owner, room, other }) => owner.call('rooms.mute', { room, person: other.id }),
    act: ({ actor, room, other }) => actor.call('rooms.unmute', { room, person: other.id }),
  },
  'rooms.role': {
    from: 'admin',
    act: ({ actor, room, other }) => actor.call('rooms.role', { room, person: other.id, role: 'moderator' }),
  },
  'rooms.handOver': {
    from: 'owner',
    inPerson: true,
    act: ({ actor, room, other }) => actor.call('rooms.handOver', { room, person: other.id }),
  },
}

function expected({ from, inDirect, inPerson }: Rule, kind: Kind, power: Power, admin: boolean): string {
  if (kind !== 'public' && power === 'stranger') return 'notFound'
  if (kind === 'direct') return inDirect ? 'done' : 'forbidden'
  const rises = admin && kind === 'public' && inPerson === undefined
  const may = rises || powers.indexOf(power) >= powers.indexOf(from)
  if (may) return 'done'
  return power === 'stranger' ? 'notMember' : 'forbidden'
}

async function build(
  people: Omit<Place, 'room' | 'actor'> & { actors: Map<boolean, Caller> },
  kind: Kind,
  power: Power,
  admin: boolean,
) {
  const { owner, other, newcomer, chat, actors } = people
  const asked = actors.get(admin) ?? owner
  if (kind === 'direct') {
    const [one, two] = power === 'stranger' ? [owner, other] : [asked, other]
    const { room } = await one.call('rooms.direct', { person: two.id })
    return { chat, room, owner: one, other: two, newcomer, actor: asked }
  }
  const lord = power === 'owner' ? asked : owner
  const { room } = await lord.call('rooms.create', { kind, name: 'Tea', members: [other.id] })
  if (power !== 'owner' && power !== 'stranger') {
    await lord.call('rooms.invite', { room, person: asked.id })
    if (power !== 'member') await lord.call('rooms.role', { room, person: asked.id, role: power })
  }
  return { chat, room, owner: lord, other, newcomer, actor: asked }
}

for (const admin of [false, true])
  describe(admin ? 'an administrator of the server' : 'somebody', () => {
    for (const kind of ['public', 'group', 'direct'] as const)
      test(`does in a ${kind} room what the role allows`, async () => {
        await using chat = await startChat()
        const [owner, other, newcomer] = [await chat.enter('Own'), await chat.enter('Other'), await chat.enter('New')]
        const actors = new Map([[admin, await chat.enter('Actor')]])
        if (admin) await chat.server.write({ sql: `UPDATE chat_people SET admin = 1 WHERE name = 'Actor'` })
        const found: Record<string, string> = {}
        const right: Record<string, string> = {}
        for (const power of kind === 'direct' ? (['stranger', 'member'] as const) : powers)
          for (const [name, rule] of Object.entries(rules)) {
            const place = await build({ chat, owner, other, newcomer, actors }, kind, power, admin)
            if (kind !== 'direct') await rule.prepare?.(place)
            const title = `${name} by ${power}`
            found[title] = await refusalOf(rule.act(place))
            right[title] = expected(rule, kind, power, admin)
          }
        expect(found).toEqual(right)
      })
  })
