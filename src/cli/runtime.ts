/** Whether this program can run here. Imports nothing, because under another runtime not even an import would work. */

/** What is wrong with the runtime, in one sentence; undefined if nothing is. @param running the version of Bun; undefined under another runtime */
export function runtimeTrouble(running: string | undefined, wanted: string): string | undefined {
  const start = 'start it as npm installed it: npx posthouse'
  if (running === undefined) return `needs Bun ${wanted}, and this is another runtime; ${start}`
  if (older(running, wanted)) return `needs Bun ${wanted} or newer, and this is ${running}; ${start}`
  return undefined
}

function older(version: string, than: string): boolean {
  const [a, b] = [numbers(version), numbers(than)]
  const at = b.findIndex((number, index) => number !== (a[index] ?? 0))
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0)
}

function numbers(version: string): number[] {
  return (version.split(/[-+]/)[0] ?? '').split('.').map(Number)
}
