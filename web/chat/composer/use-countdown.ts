import { useCallback, useSyncExternalStore } from 'react'

/** Whole seconds until a time; 0 when it is over. Nothing ticks then. */
export function useCountdown(until: number): number {
  const left = (): number => Math.max(0, Math.ceil((until - Date.now()) / 1000))
  const clock = useCallback(
    (tick: () => void) => {
      const timer = setInterval(() => {
        tick()
        if (Date.now() >= until) clearInterval(timer)
      }, 250)
      return () => clearInterval(timer)
    },
    [until],
  )
  return useSyncExternalStore(clock, left)
}
