/** Lets the page open without a network. A browser that has no service workers, or a page without HTTPS, does without. */
import { workerAddress } from './trusted.ts'

export function registerServiceWorker(): void {
  if (!('serviceWorker' in navigator)) return
  addEventListener('load', () => {
    navigator.serviceWorker.register(workerAddress('/sw.js')).catch((error: unknown) => console.warn(error))
  })
}
