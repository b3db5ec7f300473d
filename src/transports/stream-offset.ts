/** Where a reader of a channel's URL wants to begin: at a place, or in one of two words (Durable Streams Protocol section 6). */
import type { Log } from '../core/log.ts'
import type { Position } from '../core/publication.ts'
import { parsePlace } from '../protocol/place.ts'

/** `start`: all that is kept. `now`: only what comes. */
export type Wanted = Position | 'start' | 'now'

/** Undefined for what is none of these. */
export function parseWanted(text: string): Wanted | undefined {
  if (text === '-1') return 'start'
  if (text === 'now') return 'now'
  return parsePlace(text)
}

/** Where reading begins. @throws StoreError */
export async function positionOf(wanted: Wanted, log: Log): Promise<Position> {
  if (typeof wanted === 'object') return wanted
  const { publications, top } = await log.read({ since: 0, limit: wanted === 'now' ? 0 : 1 })
  const [first] = publications
  return first === undefined ? top : { epoch: top.epoch, offset: first.offset - 1 }
}
