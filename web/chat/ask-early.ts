/** Asks who one is before anything is fetched, so that nobody waits for it once the app is there. */
import type { Early } from './early.ts'

export function askEarly(): void {
  const headers = { 'content-type': 'application/json' }
  const whoAmI = fetch('/api/chat/people.me', { method: 'POST', headers, body: '{}', credentials: 'same-origin' })
  whoAmI.catch(() => undefined) // whoever takes it hears of it
  Object.assign(globalThis, { whoAmI } satisfies Early)
}
