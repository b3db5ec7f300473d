/** What tabs say to each other about the connection that one of them has. */
import type { Entry, LinkState } from '../link.ts'
import type { PositionView } from '../types.ts'

/** Which lead: a later one is greater, so that what a tab says that does not know yet that it lost it is not listened to. */
export interface Term {
  readonly at: number
  readonly tab: string
}

/** From a tab to the one that leads, of the lead that it knows of; what is for an earlier one is not done. */
export type Request = { readonly from: string; readonly term: Term | undefined } & (
  | { readonly is: 'hello'; readonly latest: Term | undefined } // who leads? Whoever does is later than any lead that was heard of
  | { readonly is: 'bye' } // it closes, or is put to sleep
  | { readonly is: 'ping' }
  | { readonly is: 'wake' }
  | { readonly is: 'call'; readonly id: number; readonly method: string; readonly input: unknown }
  | { readonly is: 'follow'; readonly id: number; readonly channel: string; readonly since: PositionView }
  | { readonly is: 'unfollow'; readonly id: number }
)

/** From the one that leads: to all, or to a tab. */
export type Report = { readonly term: Term } & (
  | { readonly is: 'lead'; readonly state: LinkState }
  | { readonly is: 'inbox'; readonly data: unknown }
  | ({ readonly to: string } & Answer)
)

export type Answer =
  | { readonly is: 'pong' }
  | { readonly is: 'answer'; readonly id: number; readonly data: unknown }
  | { readonly is: 'refusal'; readonly id: number; readonly error: Refused }
  | { readonly is: 'entry'; readonly id: number; readonly entry: Entry }
  | { readonly is: 'live'; readonly id: number; readonly live: boolean }
  | { readonly is: 'lost'; readonly id: number; readonly position: PositionView }
  | { readonly is: 'ended'; readonly id: number; readonly code: number; readonly message: string }

/** A CallError on its way: a class does not survive it. */
export interface Refused {
  readonly code: number
  readonly message: string
  readonly kind: string
  readonly temporary: boolean
  readonly retryAfter: number | undefined
}

/** Distributes over the union, where Omit does not. */
export type Without<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never

export function isLater(one: Term, other: Term | undefined): boolean {
  if (other === undefined) return true
  return one.at > other.at || (one.at === other.at && one.tab > other.tab)
}

export function isSameTerm(one: Term, other: Term | undefined): boolean {
  return one.at === other?.at && one.tab === other.tab
}

/** Only our own pages are on the bus, of this version: its name says so. What else might be there is not ours. */
export function isRequest(message: unknown): message is Request {
  return isObject(message) && typeof message['from'] === 'string' && typeof message['is'] === 'string'
}

export function isReport(message: unknown): message is Report {
  return isObject(message) && isObject(message['term']) && typeof message['is'] === 'string'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
