/** The room of two: there is one for each pair, whoever asks first, and if both do at once. */
import type { Call } from '../action.ts'
import { ChatError } from '../errors.ts'
import { directRoom, type PersonId } from '../events.ts'
import { refusing } from '../people/blocks.ts'
import { findPerson } from '../people/person.ts'
import { exists, isNew } from './membership.ts'

/** @throws ChatError `notFound`, `gone`, `blocked` */
export async function direct(call: Call, other: PersonId) {
  const { chat, me } = call
  if (other === me.id) throw new ChatError('invalid', { message: 'This is you' })
  const room = directRoom(me.id, other)
  if (exists(chat, room)) return { room }
  chat.limits.take('create', call) // only what is new counts, not each look at it
  const person = findPerson(chat, other)
  if (person === undefined) throw new ChatError('notFound', { message: 'There is no such person' })
  if (person.kind === 'gone') throw new ChatError('gone')
  if (refusing(chat, [other], me.id).size > 0) throw new ChatError('blocked')
  const members = [me.id, other].map((each) => ({ person: each, role: 'member' as const }))
  const event = {
    type: 'room',
    what: 'created',
    by: me.id,
    time: chat.now(),
    kind: 'direct',
    name: '',
    members,
  } as const
  // Refused by the guard, the other was faster, and it is there.
  await chat.add({ room, event, key: 'created', guards: [isNew(room)] }, me)
  return { room }
}
