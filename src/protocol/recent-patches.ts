/**
 * Patches that were made lately, by the places of the log that they lead from
 * and to. When a crowd comes back, all of it missed the same publications; and
 * whoever subscribes again and again must not make the server work each time.
 *
 * The younger half is kept when the older is let go, so what is asked for stays.
 */
import type { Payload, Publication } from '../core/publication.ts'

type Patch = Payload | undefined // undefined: better sent whole

export class RecentPatches {
  readonly #half: number
  #young = new Map<string, Patch>()
  #old: ReadonlyMap<string, Patch> = new Map()
  #size = 0 // of the young ones

  /** `size`: bytes, about, that it may take. */
  constructor(size: number) {
    this.#half = size / 2
  }

  /** The patch from `base` to `publication`; made if it is not known, or one of them has no place in the log. */
  get(
    publication: Publication,
    base: Publication,
    make: (publication: Publication, base: Publication) => Patch,
  ): Patch {
    if (publication.offset === 0 || base.offset === 0) return make(publication, base)
    // The sizes tell apart what two channels have at the same place, should they ever have the same epoch.
    const key = `${publication.epoch} ${base.epoch} ${base.offset} ${base.data.length} ${publication.offset} ${publication.data.length}`
    if (this.#young.has(key)) return this.#young.get(key)
    const patch = this.#old.has(key) ? this.#old.get(key) : make(publication, base)
    this.#young.set(key, patch)
    this.#size += key.length + (patch?.length ?? 0) + overhead
    if (this.#size > this.#half) {
      this.#old = this.#young
      this.#young = new Map()
      this.#size = 0
    }
    return patch
  }
}

const overhead = 100 // bytes of an entry besides its texts, about
