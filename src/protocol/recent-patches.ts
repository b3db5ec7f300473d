/**
 * Patches that were made lately, by the places of the log that they lead from
 * and to. When a crowd comes back, all of it missed the same publications; and
 * whoever subscribes again and again must not make the server work each time.
 *
 * The same place may say something else later, when what stood there was erased:
 * so a patch is kept with what it leads from and to, and made anew if that is not it.
 *
 * The younger half is kept when the older is let go, so what is asked for stays.
 */
import type { Payload, Publication } from '../core/publication.ts'

type Patch = Payload | undefined // undefined: better sent whole

interface Made {
  readonly patch: Patch
  readonly from: Payload
  readonly to: Payload
}

export class RecentPatches {
  readonly #half: number
  #young = new Map<string, Made>()
  #old: ReadonlyMap<string, Made> = new Map()
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
    const key = `${publication.epoch} ${base.epoch} ${base.offset} ${publication.offset}`
    const young = this.#young.get(key)
    if (young !== undefined && leads(young, base, publication)) return young.patch
    const old = this.#old.get(key)
    const isKnown = old !== undefined && leads(old, base, publication)
    const patch = isKnown ? old.patch : make(publication, base)
    this.#young.set(key, { patch, from: base.data, to: publication.data })
    this.#size += key.length + (patch?.length ?? 0) + base.data.length + publication.data.length + overhead
    if (this.#size > this.#half) {
      this.#old = this.#young
      this.#young = new Map()
      this.#size = 0
    }
    return patch
  }
}

const leads = ({ from, to }: Made, base: Publication, publication: Publication): boolean =>
  isSame(from, base.data) && isSame(to, publication.data)

function isSame(one: Payload, other: Payload): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other
  return one === other || (one.length === other.length && one.every((byte, at) => byte === other[at]))
}

const overhead = 100 // bytes of an entry besides its texts, about
