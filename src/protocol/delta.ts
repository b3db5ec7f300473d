/**
 * What a subscriber is sent that asked for deltas (protocol section 17): only
 * what is new against the publication it was handed before, its base.
 *
 * All readers of a channel have the same base but for those who just came, so a
 * frame with a patch is encoded once and shared like any other.
 */
import type { Payload, Publication } from '../core/publication.ts'
import { createPatch } from './fossil.ts'
import { RecentPatches } from './recent-patches.ts'

/** The only format there is. */
export const fossil = 'fossil'

/** Bytes; a larger payload is sent whole, because looking for what is alike would hold up everybody else. */
const largestPatched = 1_048_576

/** The patch that makes a publication of its base: a text if both are texts. Undefined if the publication is better sent whole. */
export function patchOf(publication: Publication, base: Publication | null): Payload | undefined {
  if (base === null || Math.max(publication.data.length, base.data.length) > largestPatched) return undefined
  return recent.get(publication, base, makePatch)
}

const recent = new RecentPatches(2_097_152)

function makePatch({ data }: Publication, base: Publication): Payload | undefined {
  if (typeof data === 'string' && typeof base.data === 'string') {
    const patch = createPatch(encoder.encode(base.data), encoder.encode(data), true)
    return patch && decoder.decode(patch)
  }
  if (typeof data === 'string' || typeof base.data === 'string') return undefined
  return createPatch(base.data, data, false)
}

/** The base of each publication of a list, if it is handed over as a whole: nothing, and then the one before. */
export function baseIn(publications: readonly Publication[], index: number): Publication | null {
  return publications[index - 1] ?? null
}

/** Remembers the frames of the last publication: for those with a base, and for those who have none yet. */
export class DeltaFrames<Frame> {
  #publication: Publication | undefined
  #whole: Frame | undefined
  #base: Publication | null = null
  #patched: Frame | undefined

  find(publication: Publication, base: Publication | null): Frame | undefined {
    if (publication !== this.#publication) return undefined
    if (base === null) return this.#whole
    return this.#base !== null && isSame(base, this.#base) ? this.#patched : undefined
  }

  keep(publication: Publication, base: Publication | null, frame: Frame): Frame {
    if (publication !== this.#publication) {
      this.#publication = publication
      this.#whole = undefined
      this.#patched = undefined
      this.#base = null
    }
    if (base === null) this.#whole = frame
    else {
      this.#base = base
      this.#patched = frame
    }
    return frame
  }
}

/** Those who recovered have it from the store, others from the engine: where it has a place in the log, that tells. */
function isSame(one: Publication, other: Publication): boolean {
  return one === other || (one.offset !== 0 && one.offset === other.offset && one.epoch === other.epoch)
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
