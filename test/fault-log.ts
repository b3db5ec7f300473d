/** A log for a server under test: it is silent, and keeps the faults that were told to it. */
import type { Log } from '../src/index.ts'

export function faultLog(): { readonly faults: unknown[]; readonly log: Log } {
  const faults: unknown[] = []
  const nothing = () => {}
  const error = (_: string, fields?: Readonly<Record<string, unknown>>) => void faults.push(fields?.['error'])
  return { faults, log: { debug: nothing, info: nothing, warn: nothing, error } }
}
