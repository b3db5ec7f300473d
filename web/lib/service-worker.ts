/**
 * Lets the page open without a network. A browser that has no service workers,
 * or a page without HTTPS, does without.
 *
 * It fetches all of the app, which is for the next visit: so it waits until this
 * one has what it needs.
 */
import { workerAddress } from './trusted.ts'

const patience = 2000 // ms after the page was loaded

export function registerServiceWorker(): void {
  if (!('serviceWorker' in navigator)) return
  const register = (): void => {
    navigator.serviceWorker.register(workerAddress('/sw.js')).catch((error: unknown) => console.warn(error))
  }
  const isKnown = navigator.serviceWorker.controller !== null // then nothing is fetched but what is new
  addEventListener('load', () => (isKnown ? register() : setTimeout(register, patience)))
}
