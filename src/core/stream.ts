/**
 * What a channel is to those who write it as a stream (Durable Streams Protocol
 * 1.0): a log with a content type, perhaps an end, perhaps an expiry, and
 * writers that number what they send, so that a retry is never stored twice.
 *
 *   absent ──create──▶ open ──close──▶ closed
 *     ▲                 │                │
 *     └──delete, expiry─┴────────────────┘
 *
 * A change is decided here and carried out by the store, in the transaction
 * that appends: no two writers ever decide by the same state, and a writer's
 * number is remembered exactly if what it numbered is.
 */
import type { Draft, Position } from './publication.ts'

export interface StreamState {
  /** As the creator spelled it; '' where nobody created the channel and only its end or a writer's order is noted. */
  readonly contentType: string
  readonly ttl: number | undefined // ms without a read or a write after which it expires
  readonly expiresAt: number | undefined // ms since 1970
  readonly touched: number // ms since 1970: the last read or write, about (see `isStale`)
  readonly closed: boolean
  readonly seq: string | undefined // the last `Stream-Seq`, of all writers together
}

/** Where a writer is: `epoch` counts its lives, `seq` the requests of the present one. */
export interface ProducerState {
  readonly epoch: number
  readonly seq: number
}

export interface Producer extends ProducerState {
  readonly id: string
}

export type StreamChange =
  | {
      readonly kind: 'create'
      readonly contentType: string
      readonly ttl: number | undefined
      readonly expiresAt: number | undefined
      readonly closed: boolean
      readonly drafts: readonly Draft[]
      /** Channels exist without being created; one with publications is a stream of JSON then. */
      readonly implicit: boolean
    }
  | {
      readonly kind: 'append'
      /** What the drafts were made for: a stream of another type refuses them. '' for a channel that nobody created. */
      readonly contentType: string
      /** None: the stream is only closed. */
      readonly drafts: readonly Draft[]
      readonly close: boolean
      readonly seq: string | undefined
      readonly producer: Producer | undefined
      readonly idempotencyKey: string | undefined
      readonly implicit: boolean
    }
  | { readonly kind: 'touch' }
  | { readonly kind: 'delete' }

/** What became of a change. Only the first four have changed something that is seen. */
type StreamOutcome =
  | 'created'
  | 'appended' // or closed
  | 'deleted'
  | 'touched'
  | 'exists' // it was created before, just like this
  | 'conflict' // it was created before, otherwise
  | 'repeated' // a retry of what was stored before
  | 'missing' // nobody created it
  | 'closed'
  | 'other type'
  | 'out of order' // `seq` is not above the last one
  | 'fenced' // the producer has a later epoch by now
  | 'gap' // something of the producer is missing before this
  | 'late start' // an epoch begins at 0

export interface StreamChanged {
  readonly outcome: StreamOutcome
  /** The end of the log afterwards; of a repeated append with a key, the end of what it appended. */
  readonly top: Position
  readonly time: number // of the publications, if some were appended
  readonly state: StreamState | undefined // afterwards
  readonly producer: ProducerState | undefined // afterwards, of the producer that asked
}

/** What is to be done; what is absent stays as it is. */
export interface Plan {
  readonly outcome: StreamOutcome
  readonly clear?: boolean // first, forget publications, producers and state
  readonly state?: StreamState
  readonly producer?: Producer
  readonly appends?: boolean
}

export interface Known {
  readonly state: StreamState | undefined
  readonly producer: ProducerState | undefined // of the one that asks
  readonly isEmpty: boolean // nothing is kept in the log
}

/** Decides a change. Pure: who calls it holds the state still until the plan is carried out. */
export function decide(change: StreamChange, known: Known, now: number): Plan {
  if (known.state !== undefined && isExpired(known.state, now)) {
    return { clear: true, ...decideAnew(change, { state: undefined, producer: undefined, isEmpty: true }, now) }
  }
  return decideAnew(change, known, now)
}

function decideAnew(change: StreamChange, known: Known, now: number): Plan {
  const { state } = known
  if (change.kind === 'create') return create(change, known, now)
  if (change.kind === 'append') return append(change, known, now)
  if (change.kind === 'touch')
    return state === undefined ? { outcome: 'missing' } : { outcome: 'touched', state: { ...state, touched: now } }
  return state === undefined && known.isEmpty ? { outcome: 'missing' } : { outcome: 'deleted', clear: true }
}

function create(change: StreamChange & { kind: 'create' }, { state, isEmpty }: Known, now: number): Plan {
  const { contentType, ttl, expiresAt, closed, drafts, implicit } = change
  if (state !== undefined && state.contentType !== '') {
    const same =
      isSameType(state.contentType, contentType) &&
      state.ttl === ttl &&
      state.expiresAt === expiresAt &&
      state.closed === closed
    return { outcome: same ? 'exists' : 'conflict' }
  }
  if (implicit && (!isEmpty || state?.closed === true)) {
    const same = isSameType(contentType, json) && ttl === undefined && expiresAt === undefined
    return { outcome: same && closed === (state?.closed ?? false) ? 'exists' : 'conflict' }
  }
  const seq = state?.seq
  return {
    outcome: 'created',
    state: { contentType, ttl, expiresAt, touched: now, closed, seq },
    appends: drafts.length > 0,
  }
}

function append(change: StreamChange & { kind: 'append' }, { state, producer: last }: Known, now: number): Plan {
  const { contentType, drafts, close, seq, producer, implicit } = change
  const isCreated = state !== undefined && state.contentType !== ''
  if (!isCreated && !implicit) return { outcome: 'missing' }
  // A retry is told that it was one, whatever has become of the stream since.
  if (producer !== undefined && last !== undefined) {
    if (producer.epoch < last.epoch) return { outcome: 'fenced' }
    if (producer.epoch === last.epoch && producer.seq <= last.seq) return { outcome: 'repeated' }
  }
  const closesOnly = close && drafts.length === 0
  if (state?.closed === true) return { outcome: closesOnly && producer === undefined ? 'repeated' : 'closed' }
  if (!closesOnly && (drafts.length === 0 || !isSameType(state?.contentType ?? '', contentType)))
    return { outcome: 'other type' }
  if (producer !== undefined) {
    const next = last !== undefined && last.epoch === producer.epoch ? last.seq + 1 : 0
    if (producer.seq !== next)
      return { outcome: last?.epoch === producer.epoch || last === undefined ? 'gap' : 'late start' }
  }
  if (seq !== undefined && state?.seq !== undefined && !isAbove(seq, state.seq)) return { outcome: 'out of order' }
  const isNoted = close || seq !== undefined || (state !== undefined && isStale(state, now))
  return {
    outcome: 'appended',
    appends: drafts.length > 0,
    ...(producer && { producer }),
    ...(isNoted && {
      state: { ...(state ?? unnoted), touched: now, closed: close, seq: seq ?? state?.seq },
    }),
  }
}

/**
 * Reads keep a stream from expiring, yet not each of them is worth a write: the
 * last one is noted with this much slack, and so much later the stream expires.
 */
const slack = (ttl: number): number => Math.min(1000, ttl / 20)

/** When a stream expires if nobody reads or writes it any more; Infinity for never. Milliseconds since 1970. */
export function expiryOf({ ttl, expiresAt, touched }: StreamState): number {
  return Math.min(expiresAt ?? Infinity, ttl === undefined ? Infinity : touched + ttl + slack(ttl))
}

export function isExpired(state: StreamState, now: number): boolean {
  return expiryOf(state) <= now
}

/** Whether a read now is to be noted. */
export function isStale({ ttl, touched }: StreamState, now: number): boolean {
  return ttl !== undefined && now - touched >= slack(ttl)
}

/** Parameters such as a charset do not tell types apart, nor does the case (RFC 9110 section 8.3.1). */
function isSameType(one: string, other: string): boolean {
  return mediaType(one) === mediaType(other)
}

export function mediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase()
}

/** What a channel is that nobody created: each publication is a JSON text. */
export const json = 'application/json'

const unnoted: StreamState = {
  contentType: '',
  ttl: undefined,
  expiresAt: undefined,
  touched: 0,
  closed: false,
  seq: undefined,
}

/** Byte by byte, as the protocol wants it; a header holds bytes, so each unit here is one. */
const isAbove = (one: string, other: string): boolean => one > other
