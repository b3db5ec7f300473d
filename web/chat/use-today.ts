/** What is named by how long ago it was has to be drawn anew at midnight. */
import { useSyncExternalStore } from 'react'
import type { Source } from '../lib/cell.ts'
import { watchToday } from '../lib/today.ts'

let today: Source<string> | undefined // one for the page, from when it is first asked for

function theDay(): Source<string> {
  return (today ??= watchToday({
    now: () => Date.now(),
    after: (delay, call) => setTimeout(call, delay),
    wakes: (call) => document.addEventListener('visibilitychange', call),
  }))
}

/** Another text on another day. */
export function useToday(): string {
  const source = theDay()
  return useSyncExternalStore(source.subscribe, () => source.value)
}
