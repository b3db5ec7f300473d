/**
 * What the tabs of one browser share: a bus on which all hear each other, a
 * lead that one of them has, and word of those that are gone. The browser
 * itself watches over lead and life (Web Locks): a tab that crashes loses both
 * in the same moment, and no heartbeat has to find it out.
 */
export interface Tabs {
  /** Of this tab, and of no other. */
  readonly id: string
  /** To all others. */
  post(message: unknown): void
  /** What others post. Returns how to stop. */
  listen(receive: (message: unknown) => void): () => void
  /**
   * Waits for the lead and takes it: `begin`. It is over when it is given up by
   * the function that is returned, or when another took it by force: `end`.
   * `force` takes it at once from a tab that does not answer.
   */
  lead(begin: () => void, end: () => void, force: boolean): () => void
  /** Calls back once a tab is no more. Returns how not to wait for it. */
  gone(id: string, tell: () => void): () => void
  close(): void
}

/** Undefined where the browser has no locks or no bus: without HTTPS, or an old one. Then each tab is on its own. */
export function browserTabs(name: string, id: string): Tabs | undefined {
  if (!('BroadcastChannel' in globalThis) || globalThis.navigator?.locks === undefined) return undefined
  const { locks } = navigator
  const bus = new BroadcastChannel(name)
  const presence = (of: string) => `${name} tab ${of}`
  const leave = hold(locks, presence(id), {}, nothing, nothing)
  return {
    id,
    post: (message) => bus.postMessage(message),
    listen(receive) {
      const hear = ({ data }: MessageEvent<unknown>) => receive(data)
      bus.addEventListener('message', hear)
      return () => bus.removeEventListener('message', hear)
    },
    lead: (begin, end, force) => hold(locks, `${name} lead`, { steal: force }, begin, end),
    gone(of, tell) {
      const stop = hold(locks, presence(of), {}, () => (stop(), tell()), nothing)
      return stop
    },
    close() {
      leave()
      bus.close()
    },
  }
}

const nothing = () => {}

/** Waits for a lock and holds it until the function that is returned is called. */
function hold(
  locks: LockManager,
  name: string,
  { steal = false }: { steal?: boolean },
  begin: () => void,
  end: () => void,
): () => void {
  const given = Promise.withResolvers<void>()
  const waiting = new AbortController()
  let isGiven = false
  const held = locks.request(name, steal ? { steal } : { signal: waiting.signal }, () => {
    if (isGiven) return undefined
    queueMicrotask(() => isGiven || begin()) // outside of the grant: what fails in there does not give the lock back unseen
    return given.promise
  })
  held.catch(() => !isGiven && end()) // it was taken by force
  return () => {
    isGiven = true
    waiting.abort()
    given.resolve()
  }
}
