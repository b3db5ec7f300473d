/**
 * The server API, one entry a method: what it takes, and what it calls. Names
 * and shapes are those of the Centrifugo server API, so that its client
 * libraries work. Results are JSON text, because payloads go into them as their
 * publishers wrote them.
 */
import { disconnect, refresh, subscribe, unsubscribe } from './connections.ts'
import type { Method } from './method.ts'
import { broadcast, publish } from './publishing.ts'
import { channels, history, historyRemove, info, presence, presenceStats } from './reading.ts'

/** A Map, so that no name of a method reaches into an object's prototype. */
export const methods: ReadonlyMap<string, Method> = new Map([
  ['publish', publish],
  ['broadcast', broadcast],
  ['subscribe', subscribe],
  ['unsubscribe', unsubscribe],
  ['disconnect', disconnect],
  ['refresh', refresh],
  ['presence', presence],
  ['presence_stats', presenceStats],
  ['history', history],
  ['history_remove', historyRemove],
  ['channels', channels],
  ['info', info],
])
