import { useSyncExternalStore } from 'react'

/** Whole seconds until a time; 0 when it is over. */
export function useCountdown(until: number): number {
  return useSyncExternalStore(clock, () => Math.max(0, Math.ceil((until - Date.now()) / 1000)))
}

function clock(tick: () => void): () => void {
  const timer = setInterval(tick, 250)
  return () => clearInterval(timer)
}
