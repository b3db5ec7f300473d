/**
 * Which deeds in a room are noted for those who answer for it. All of them pass
 * here, so none can be done without its line, which is written in the same
 * transaction. What concerns no room notes itself (`audit.ts`).
 */
import type { Statement } from '../../index.ts'
import { audit } from '../audit.ts'
import type { Performance } from '../chat.ts'
import type { Person } from '../people/person.ts'
import type { Deed } from '../permissions.ts'

const noted: ReadonlySet<Deed> = new Set(['kick', 'ban', 'unban', 'mute', 'role', 'remove', 'archive', 'restore'])

type Done = Pick<Performance, 'room' | 'event' | 'target' | 'details'> & { readonly deed?: Deed | undefined }

export function lineOf({ deed, room, event, target, details }: Done, by: Person | undefined): readonly Statement[] {
  if (deed === undefined || !noted.has(deed) || by === undefined) return []
  const action = 'what' in event ? event.what : 'removed'
  const more = event.type === 'member' ? { until: event.until, reason: event.reason, role: event.role } : {}
  const message = event.type === 'recall' ? { offset: event.of } : {}
  const written = { ...more, ...message, ...details }
  return [audit({ time: event.time, by: by.id, action, room, person: target?.person, details: written })]
}
