/** What moderators do about people: kick, ban, mute. Over somebody of the own rank or above nobody has power. */
import type { Chat, Performance } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { MemberEvent, PersonId, RoomId } from '../events.ts'
import { findPerson, type Person } from '../people/person.ts'
import { banAddresses, networksOf, unbanAddresses } from './address-bans.ts'
import { memberRole } from './roles.ts'

/** Somebody, and how. */
export interface Measure {
  readonly room: RoomId
  readonly person: PersonId
  readonly reason?: string | undefined
  readonly duration?: number | undefined // milliseconds; without it, until it is lifted
}

/** Puts somebody out, who may come back where the room lets them in. @throws ChatError */
export async function kick(chat: Chat, me: Person, measure: Measure) {
  await chat.perform(me, () => {
    memberRole(chat, me, measure.room, measure.person)
    return deed(chat, me, 'kick', 'kicked', measure, [revokeLinks(measure)])
  })
  return {}
}

/** Puts somebody out for a time, or keeps somebody from coming; with `addresses`, guests from where they were seen, too. @throws ChatError */
export async function ban(chat: Chat, me: Person, measure: Measure & { readonly addresses: boolean }) {
  await chat.perform(me, () => {
    const { room, person } = measure
    chat.demand('see', room, me)
    demandPerson(chat, person)
    const until = untilOf(chat, measure) ?? null
    const kept = { room, person, by: me.id, time: chat.now(), until }
    const addresses = measure.addresses ? banAddresses(kept, networksOf(chat, person)) : []
    return {
      ...deed(chat, me, 'ban', 'banned', measure, [revokeLinks(measure), ...addresses]),
      ...(addresses.length > 0 && { details: { addresses: true } }),
    }
  })
  return {}
}

/** Also the addresses that were kept out because of this person. @throws ChatError */
export async function unban(chat: Chat, me: Person, measure: Measure) {
  const { room, person } = measure
  const lift = unbanAddresses(room, person)
  await chat.perform(me, () => {
    chat.demand('unban', room, me)
    if (chat.row('SELECT 1 FROM chat_bans WHERE room = ? AND person = ?', room, person) === undefined) return undefined
    return deed(chat, me, 'unban', 'unbanned', measure, [lift])
  })
  return {}
}

/** @throws ChatError */
export async function mute(chat: Chat, me: Person, measure: Measure) {
  await chat.perform(me, () => {
    memberRole(chat, me, measure.room, measure.person)
    return deed(chat, me, 'mute', 'muted', measure)
  })
  return {}
}

/** @throws ChatError */
export async function unmute(chat: Chat, me: Person, measure: Measure) {
  const { room, person } = measure
  await chat.perform(me, () => {
    memberRole(chat, me, room, person)
    chat.demand('mute', room, me, { person })
    const isMuted = chat.row('SELECT 1 FROM chat_members WHERE room = ? AND person = ? AND muted = 1', room, person)
    return isMuted === undefined ? undefined : deed(chat, me, 'mute', 'unmuted', measure)
  })
  return {}
}

function deed(
  chat: Chat,
  me: Person,
  name: Performance['deed'],
  what: MemberEvent['what'],
  measure: Measure,
  statements: Performance['statements'] = [],
): Performance {
  const { room, person, reason } = measure
  const until = what === 'banned' || what === 'muted' ? untilOf(chat, measure) : undefined
  const event: MemberEvent = {
    type: 'member',
    what,
    by: me.id,
    time: chat.now(),
    person,
    ...(until !== undefined && { until }),
    ...(reason !== undefined && reason !== '' && { reason }),
  }
  return { room, deed: name, target: { person }, event, statements }
}

function untilOf(chat: Chat, { duration }: Measure): number | undefined {
  return duration === undefined ? undefined : chat.now() + duration
}

function demandPerson(chat: Chat, person: PersonId): void {
  if (findPerson(chat, person) === undefined) throw new ChatError('notFound', { message: 'There is no such person' })
}

/** Else whoever was put out comes back by a link that they made before. */
function revokeLinks({ room, person }: Measure) {
  return { sql: 'UPDATE chat_invitations SET revoked = 1 WHERE room = ? AND by = ?', params: [room, person] }
}
