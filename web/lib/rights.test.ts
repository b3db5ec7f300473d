/** The screens offer what the server would allow, and nothing else: both tables, for all that a member can be. */
import { expect, test } from 'bun:test'
import { objection, type Deed } from '../../src/chat/permissions.ts'
import { mayPunish, rightsIn, rolesFor } from './rights.ts'
import { room } from '../gallery/rooms.ts'
import type { Role, Room } from './views.ts'

const roles = [undefined, 'member', 'moderator', 'admin', 'owner'] as const
const now = 1000

const standings = roles.flatMap((role) =>
  (['public', 'group', 'direct'] as const).flatMap((kind) =>
    [false, true].flatMap((archived) =>
      [false, true].flatMap((readOnly) => [false, true].map((muted) => ({ role, kind, archived, readOnly, muted }))),
    ),
  ),
)

type Case = (typeof standings)[number]

/** A visitor sees public rooms only, and a room of two has no roles. */
const possible = standings.filter(
  ({ role, kind }) => (role !== undefined || kind === 'public') && (kind !== 'direct' || role === 'member'),
)

const roomOf = ({ role, kind, archived, readOnly, muted }: Case): Room =>
  room('r', 'Room', { role, kind, archived, readOnly, ...(muted && { mutedUntil: now + 1 }) })

function allowed(
  deed: Deed,
  standing: Case,
  target?: { role: Role | undefined; self: boolean; newRole?: Role },
): boolean {
  return objection(deed, { ...standing, banned: false, admin: false }, target) === undefined
}

test.each(possible)('what %o may do is what is offered', (standing) => {
  const rights = rightsIn(roomOf(standing), now)
  const other = { role: undefined, self: false }
  expect({
    write: rights.write === true,
    react: rights.react,
    pin: rights.pin,
    removeOthers: rights.removeOthers,
    mentionAll: rights.mentionAll,
    change: rights.change,
    revoke: rights.revoke,
    moderate: rights.moderate,
  }).toEqual({
    write: allowed('write', standing),
    react: allowed('react', standing),
    pin: allowed('pin', standing),
    removeOthers: allowed('remove', standing, other),
    mentionAll: allowed('everyone', standing),
    change: allowed('change', standing),
    revoke: allowed('revoke', standing),
    moderate: allowed('moderate', standing),
  })
})

test.each(possible)('whom %o may punish and promote is who is offered', (standing) => {
  const mine = roomOf(standing)
  for (const role of ['member', 'moderator', 'admin', 'owner'] as const)
    for (const self of [false, true]) {
      const member = { person: { id: self ? 'me' : 'you', name: 'You', kind: 'member' as const }, role, joined: 0 }
      if (self && role !== standing.role) continue
      expect([role, self, mayPunish(mine, member, 'me')]).toEqual([
        role,
        self,
        allowed('kick', standing, { role, self }),
      ])
      const may = (['member', 'moderator', 'admin', 'owner'] as const).filter(
        (newRole) => newRole !== role && allowed('role', standing, { role, self, newRole }),
      )
      expect(rolesFor(mine, member, 'me')).toEqual(may)
    }
})
