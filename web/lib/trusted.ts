/** Chromium starts a worker only from an address that a policy vouches for (Trusted Types): this one, and no other. */
interface Policy {
  createScriptURL(address: string): string
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL: (address: string) => string }): Policy
}

const workers: readonly string[] = ['/sw.js']
let policy: Policy | undefined

export function workerAddress(address: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: Factory }
  policy ??= trustedTypes?.createPolicy('posthouse', { createScriptURL: known })
  return policy?.createScriptURL(address) ?? known(address)
}

function known(address: string): string {
  if (!workers.includes(address)) throw new TypeError(`no worker is at ${address}`)
  return address
}
