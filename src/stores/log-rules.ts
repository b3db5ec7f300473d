/** What is kept, known and outdated: the decisions that every store takes alike, whatever it keeps its logs in. */
import { maxErased, StoreError } from '../core/store.ts'
import type { Draft } from '../core/publication.ts'
import type { StreamChange } from '../core/stream.ts'
import type { AppendOptions, Query, Retention } from '../core/store.ts'

/** Idempotency keys are known at least this long, in milliseconds, however soon the publication goes. */
export const keyMemory = 5 * 60_000

/** What the decisions need to know of a log. */
export interface LogState {
  readonly top: number
  readonly first: number // what lies below was removed; top + 1 if all was
  readonly low: number // what lies below is physically gone; between the two, garbage may wait to be taken away
  readonly version: number | undefined
  readonly versionEpoch: string
}

/**
 * The lowest offset that `retention` allows, top + 1 if none. Times never run
 * backwards within a channel, so age is found by halving, also in a log of
 * which a million publications expired while nobody looked.
 */
export function keptFrom(
  log: LogState,
  retention: Pick<Retention, 'size' | 'age'>,
  now: number,
  timeOf: (offset: number) => number,
): number {
  let from = Math.max(log.first, log.low, log.top - retention.size + 1)
  const expired = now - retention.age
  if (expired === -Infinity || from > log.top || timeOf(from) > expired) return from
  let beyond = log.top + 1
  while (beyond - from > 1) {
    const middle = Math.floor((from + beyond) / 2)
    if (timeOf(middle) > expired) beyond = middle
    else from = middle
  }
  return beyond
}

/** Whether a key that was used for `offset` at `time` still answers. */
export function knowsKey(
  log: LogState,
  retention: Retention,
  key: { readonly offset: number; readonly time: number },
  now: number,
): boolean {
  if (key.time > now - keyMemory) return true
  return key.time > now - retention.age && key.offset >= log.first && key.offset > log.top - retention.size
}

/** Whether an append describes an older state than what the log has; an epoch that is not said counts as the same. */
export function isOutdated(log: LogState, { version, versionEpoch = '' }: AppendOptions): boolean {
  if (version === undefined || log.version === undefined) return false
  const same = versionEpoch === '' || log.versionEpoch === '' || versionEpoch === log.versionEpoch
  return same && version <= log.version
}

/** The offsets of a page, `hi` below `lo` if it is empty. */
export function pageBounds(
  from: number,
  top: number,
  { since, limit, reverse = false }: { since?: number | undefined; limit: number; reverse?: boolean | undefined },
): { lo: number; hi: number } {
  if (reverse) {
    const hi = Math.min(top, (since ?? Infinity) - 1)
    return { lo: Math.max(from, hi - limit + 1), hi }
  }
  const lo = Math.max(from, (since ?? 0) + 1)
  return { lo, hi: Math.min(top, lo + limit - 1) }
}

/**
 * How much of a page `maxBytes` leaves. `sizes`: of the data, lowest offset first.
 */
export function fitting(
  { lo, hi }: { readonly lo: number; readonly hi: number },
  { maxBytes = Infinity, reverse = false }: Query,
  sizes: readonly number[],
): { lo: number; hi: number } {
  let bytes = 0
  let count = 0
  for (const size of reverse ? sizes.toReversed() : sizes) {
    bytes += size
    if (count > 0 && bytes > maxBytes) break
    count++
  }
  return reverse ? { lo: hi - count + 1, hi } : { lo, hi: lo + count - 1 }
}

/**
 * Refuses text that UTF-8 cannot carry: it would be stored as something else,
 * and two different names would become one channel.
 * @throws StoreError
 */
export function checkText(...texts: readonly unknown[]): void {
  for (const text of texts)
    if (typeof text === 'string' && !text.isWellFormed())
      throw new StoreError('The text holds half of a surrogate pair, which no UTF-8 can carry', false)
}

/** @throws StoreError for a draft that no store could give back as it was */
export function checkDraft(channel: string, draft: Draft, options: AppendOptions): void {
  const { data, info } = draft
  const { idempotencyKey, versionEpoch, erase = [] } = options
  checkText(channel, data, idempotencyKey, versionEpoch)
  if (info !== undefined) checkText(info.user, info.client, info.connInfo, info.chanInfo)
  if (erase.length > maxErased) throw new StoreError(`One append erases ${maxErased} publications at most`, false)
  for (const { offset, data: instead } of erase) {
    checkText(instead)
    if (!Number.isSafeInteger(offset) || offset < 1) throw new StoreError(`${offset} is no offset to erase`, false)
  }
}

/** @throws StoreError for a change that no store could give back as it was */
export function checkChange(channel: string, change: StreamChange): void {
  checkText(channel)
  if (change.kind === 'create') checkText(change.contentType)
  if (change.kind === 'append') checkText(change.seq, change.producer?.id, change.idempotencyKey)
  if ('drafts' in change) for (const draft of change.drafts) checkDraft(channel, draft, {})
}

/** A copy that the publisher cannot change any more. */
export const copyOf = <T extends string | Uint8Array | undefined>(payload: T): T | Uint8Array =>
  payload instanceof Uint8Array ? new Uint8Array(payload) : payload
