/**
 * When the browser puts a page to sleep, and when it wakes: a connection that
 * was cut meanwhile is made again at once, not when the next try is due.
 */
import type { Link } from '../../../src/chat-client/index.ts'

export interface Sleeper extends Link {
  pause?(): void
  resume?(): void
}

/** A page that was out of sight for so long asks whether the connection still lives. In milliseconds. */
const doze = 10_000
/** Time passes, but no timer ran: the whole machine slept. */
const tick = 5000
const slept = 30_000

/** Watches over it until the function that is returned is called. */
export function keepAwake(link: Sleeper): () => void {
  const over = new AbortController()
  const { signal } = over
  let hiddenAt: number | undefined = document.hidden ? Date.now() : undefined
  const sleep = () => link.pause?.()
  const wake = () => {
    link.resume?.()
    link.wake?.()
  }
  document.addEventListener('freeze', sleep, { signal })
  document.addEventListener('resume', wake, { signal })
  window.addEventListener('pagehide', sleep, { signal })
  window.addEventListener('pageshow', ({ persisted }) => persisted && wake(), { signal })
  window.addEventListener('online', wake, { signal })
  document.addEventListener(
    'visibilitychange',
    () => {
      if (
        !document.hidden &&
        (hiddenAt === undefined || Date.now() - hiddenAt > doze || link.state.value !== 'connected')
      )
        wake()
      hiddenAt = document.hidden ? Date.now() : undefined
    },
    { signal },
  )
  let last = Date.now()
  const timer = setInterval(() => {
    if (!document.hidden && Date.now() - last > slept) wake()
    last = Date.now()
  }, tick)
  return () => {
    clearInterval(timer)
    over.abort()
  }
}
