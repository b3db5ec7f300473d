/**
 * The whole product of what somebody can be in a room and what can be done
 * there, held against the rules as they would be told to a person. They are
 * written here a second time, in another shape, on purpose.
 */
import { expect, test } from 'bun:test'
import type { ChatErrorName } from './errors.ts'
import { type Role, roles, roomKinds } from './events.ts'
import { type Deed, deeds, objection, type Standing, type Target } from './permissions.ts'

type Power = Role | 'none'
const powers: readonly Power[] = ['none', 'member', 'moderator', 'admin', 'owner']
const above = (one: Power, other: Power) => powers.indexOf(one) > powers.indexOf(other)
const has = (power: Power, needed: Power) => !above(needed, power)

/** Who may, where nothing else stands against it. */
const needed: Readonly<Record<Deed, Power>> = {
  see: 'none',
  join: 'none',
  invited: 'none',
  leave: 'member',
  write: 'member',
  react: 'member',
  edit: 'member',
  recall: 'member',
  remove: 'moderator',
  pin: 'moderator',
  everyone: 'moderator',
  change: 'admin',
  archive: 'owner',
  restore: 'owner',
  invite: 'member',
  revoke: 'admin',
  kick: 'moderator',
  ban: 'moderator',
  unban: 'moderator',
  mute: 'moderator',
  role: 'admin',
  moderate: 'moderator',
  webhooks: 'admin',
  export: 'admin',
}
const inPerson: readonly Deed[] = ['leave', 'write', 'react', 'edit', 'recall'] // only who is a member, whatever the server thinks of them
const speaking: readonly Deed[] = ['write', 'react', 'edit']
const ofTwo: readonly Deed[] = ['see', 'write', 'react', 'edit', 'recall', 'pin', 'export']
const ofArchive: readonly Deed[] = ['see', 'leave', 'restore', 'export', 'moderate', 'remove']
const overOthers: readonly Deed[] = ['remove', 'kick', 'ban', 'mute']
const ownMessage: readonly Deed[] = ['edit', 'recall']

function expected(deed: Deed, standing: Standing, target: Target): ChatErrorName | undefined {
  const { kind, archived, readOnly, role, muted, banned, admin, refused } = standing
  const isMember = role !== undefined
  const power: Power = admin && kind === 'public' ? 'owner' : (role ?? 'none')
  const isNobody: ChatErrorName = isMember ? 'forbidden' : 'notMember'

  // A room that is not public is nothing for strangers; a link lets into a group.
  if (!isMember && kind === 'direct') return banned ? 'banned' : 'notFound'
  if (!isMember && kind === 'group' && deed !== 'invited') return banned ? 'banned' : 'notFound'
  // Who is banned does nothing, but for those who run the server, in public.
  if (!isMember && banned && power !== 'owner') return 'banned'
  // Two people have nobody over them, and nobody comes or goes.
  if (kind === 'direct' && !ofTwo.includes(deed)) return 'forbidden'
  // What is archived is read.
  if (archived && !ofArchive.includes(deed)) return 'archived'
  // Who is not wanted is not heard, and who is gone hears nothing.
  if (refused !== undefined && [...speaking, 'pin'].includes(deed)) return refused
  // To speak one has to be there, and may not be muted.
  if (inPerson.includes(deed) && !isMember) {
    if (deed === 'recall' && !target.self) return 'forbidden'
    return 'notMember'
  }
  if (speaking.includes(deed) && muted) return 'muted'
  if (deed === 'write' && readOnly && !has(power, 'moderator')) return 'readOnly'
  // What somebody said is theirs.
  if (ownMessage.includes(deed)) return target.self ? undefined : 'forbidden'
  // Two people pin what they like, and take their words with them.
  if (kind === 'direct' && deed === 'pin') return muted ? 'muted' : undefined
  if (kind === 'direct' && deed === 'export') return undefined
  // Over oneself, the equal and the higher nobody has power.
  if (overOthers.includes(deed) && target.self) return 'forbidden'
  if (!has(power, needed[deed])) return isNobody
  if (overOthers.includes(deed)) return above(power, target.role ?? 'none') ? undefined : isNobody
  // A role is given to members only, by owners as they like, by admins below their own.
  if (deed === 'role') {
    if (target.role === undefined || target.newRole === undefined) return isNobody
    if (power === 'owner') return undefined
    return !target.self && above(power, target.role) && above(power, target.newRole) ? undefined : isNobody
  }
  return undefined
}

function* product(): Generator<readonly [Deed, Standing, Target]> {
  const yesNo = [false, true]
  for (const deed of deeds)
    for (const kind of roomKinds)
      for (const role of [undefined, ...roles])
        for (const archived of yesNo)
          for (const readOnly of yesNo)
            for (const muted of yesNo)
              for (const banned of yesNo)
                for (const admin of yesNo)
                  for (const refused of kind === 'direct' ? ([undefined, 'blocked', 'gone'] as const) : [undefined])
                    for (const target of targets(deed, role))
                      yield [deed, { kind, archived, readOnly, role, muted, banned, admin, refused }, target]
}

function targets(deed: Deed, mine: Role | undefined): Target[] {
  const everybody = [{ role: mine, self: true }, ...[undefined, ...roles].map((role) => ({ role, self: false }))]
  if (deed !== 'role') return everybody
  return everybody.flatMap((target) => [undefined, ...roles].map((newRole) => ({ ...target, newRole })))
}

test('everybody may do what the rules say, and nobody anything else', () => {
  let [count, allowed] = [0, 0]
  for (const [deed, standing, target] of product()) {
    const [found, right] = [objection(deed, standing, target), expected(deed, standing, target)]
    if (found !== right)
      expect({ deed, standing, target, objection: found }).toEqual({ deed, standing, target, objection: right })
    count++
    if (found === undefined) allowed++
  }
  expect(count).toBeGreaterThan(100_000)
  expect(allowed).toBeGreaterThan(1000)
})
