/**
 * A position as one token for URLs, headers and event ids. Tokens of one log
 * sort like their offsets (Durable Streams Protocol section 6); the epoch in
 * front makes a token of a log that is gone worthless instead of wrong.
 *
 *   qhzkpxwvtbla_0000000000000042
 */
import type { Log } from '../core/log.ts'
import type { Position } from '../core/publication.ts'

export function formatOffset({ epoch, offset }: Position): string {
  return `${epoch}_${String(offset).padStart(digits, '0')}`
}

/** `start`: all that is kept. `now`: only what comes. Undefined for what is no token. */
export type Wanted = Position | 'start' | 'now'

export function parseOffset(text: string): Wanted | undefined {
  if (text === '-1') return 'start'
  if (text === 'now') return 'now'
  const [, epoch = '', number = ''] = token.exec(text) ?? []
  const offset = Number(number)
  return epoch === '' || !Number.isSafeInteger(offset) ? undefined : { epoch, offset }
}

/** Where reading begins. @throws StoreError */
export async function positionOf(wanted: Wanted, log: Log): Promise<Position> {
  if (typeof wanted === 'object') return wanted
  const { publications, top } = await log.read({ since: 0, limit: wanted === 'now' ? 0 : 1 })
  const [first] = publications
  return first === undefined ? top : { epoch: top.epoch, offset: first.offset - 1 }
}

const digits = 16 // 2^53 has as many
const token = /^([A-Za-z0-9.~-]{1,64})_(\d{16})$/
