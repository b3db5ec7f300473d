/** What helps while writing is fetched when somebody begins to: the first message can be read without it. */
import type * as lists from './suggest.ts'
import type * as keys from './writing-tools.ts'

export type Tools = typeof keys & typeof lists

let fetched: Tools | undefined
let fetching: Promise<Tools | undefined> | undefined

/** The tools, once they are there. */
export const tools = (): Tools | undefined => fetched

/** Where the network fails, one writes without them, and the next one who begins to write tries again. */
export function fetchTools(): Promise<Tools | undefined> {
  fetching ??= Promise.all([import('./writing-tools.ts'), import('./suggest.ts')]).then(
    ([onKeys, forSigns]) => (fetched = { ...onKeys, ...forSigns }),
    () => (fetching = undefined),
  )
  return fetching
}
