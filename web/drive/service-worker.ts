/** Brings the service worker in: it opens the app where there is no network. */
interface ScriptPolicy {
  createScriptURL(url: string): unknown
}
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptPolicy
}

const address = '/sw.js'

/** Browsers have it behind HTTPS and on the own machine; without it the app is the same while there is a network. */
export async function startServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  try {
    await navigator.serviceWorker.register(trusted(address) as string)
  } catch {
    // private windows, or an administrator, may forbid it
  }
}

/** The page's policy lets no text become a script's address but this one. */
function trusted(url: string): unknown {
  const { trustedTypes }: { trustedTypes?: TrustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  const rules = {
    createScriptURL: (asked: string) => {
      if (asked !== address) throw new TypeError('no script but the service worker')
      return asked
    },
  }
  return trustedTypes === undefined ? url : trustedTypes.createPolicy('posthouse', rules).createScriptURL(url)
}
