/**
 * Asks what the first message waits for before anything is fetched: who one is,
 * the rooms, and the one that the address names. Nobody waits for it once the
 * app is there.
 */
import { firstPageSize } from '../../src/chat-client/page-size.ts'
import type { Early } from './early.ts'

/** In milliseconds. A browser has six connections to a server: what gets no answer is not to keep them. */
const patience = 10_000

export function askEarly(): void {
  const early: Early['early'] = new Map()
  Object.assign(globalThis, { early } satisfies Early)
  const ask = (name: string, input: object): void => {
    const [path, body] = [`/api/chat/${name}`, JSON.stringify(input)]
    const headers = { 'content-type': 'application/json' }
    const signal = AbortSignal.timeout(patience)
    const answer = fetch(path, { method: 'POST', headers, body, credentials: 'same-origin', signal })
    answer.catch(() => undefined) // whoever takes it hears of it
    early.set(path + body, answer)
  }
  ask('people.me', {})
  ask('rooms.list', {})
  const [, room] = /^\/r\/(\w+)/.exec(location.pathname) ?? []
  if (room !== undefined) ask('rooms.open', { room, limit: firstPageSize, at: 'unread' })
}
