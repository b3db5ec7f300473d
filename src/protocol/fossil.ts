/**
 * Patches in the delta format of the Fossil version control system
 * (fossil-scm.org, "Fossil Delta Format"), which the client SDKs can apply:
 *
 *   <size of the target>\n  <count>@<offset>,  <count>:<bytes>  …  <checksum>;
 *
 * numbers in base 64, most significant digit first. `@` copies from the source,
 * `:` inserts what follows it. Finding what is alike: the common beginning and
 * end first, because most updates change little in one place; between them, each
 * sixteenth byte of the source is the start of a block that is known by its
 * hash, and a hash rolls over the target to meet them.
 *
 * A patch of a text is a text: what is inserted begins and ends between two
 * characters, so it can travel inside of JSON.
 */

/** The patch that makes `target` of `source`; undefined if it would not be shorter than `target`. `isText`: both are UTF-8. */
export function createPatch(source: Uint8Array, target: Uint8Array, isText: boolean): Uint8Array | undefined {
  const patch = new Patch(target)
  const head = alikeFrom(source, 0, target, 0, target.length)
  const before = isText ? characterAt(target, head) : head
  const tail = alikeUpTo(source, source.length, target, target.length, Math.min(source.length, target.length) - before)
  const after = isText ? nextCharacter(target, target.length - tail) : target.length - tail
  patch.copy(0, 0, before)
  if (after - before >= block && source.length >= block) findAlike(patch, source, target, before, after, isText)
  patch.copy(source.length - (target.length - after), after, target.length - after)
  return patch.finish()
}

const block = 16 // bytes that are looked for
const mostCandidates = 16 // blocks with one hash that are tried, or a source of one repeated byte would take for ever

/** Copies whatever between `from` and `to` of the target is somewhere in the source, too. */
function findAlike(
  patch: Patch,
  source: Uint8Array,
  target: Uint8Array,
  from: number,
  to: number,
  isText: boolean,
): void {
  const index = new BlockIndex(source)
  let hash = hashOf(target, from)
  let at = from
  while (at + block <= to) {
    let best = 0
    let bestSource = 0
    let bestTarget = 0
    let tries = mostCandidates
    for (let candidate = index.first(hash); candidate >= 0 && tries > 0; candidate = index.next(candidate), tries--) {
      const forward = alikeFrom(source, candidate, target, at, to)
      if (forward < block) continue // another block with the same hash
      const back = alikeUpTo(source, candidate, target, at, at - patch.end)
      const start = isText ? nextCharacter(target, at - back) : at - back
      const end = isText ? characterAt(target, at + forward) : at + forward
      if (end - start <= best) continue
      best = end - start
      bestTarget = start
      bestSource = candidate - (at - start)
    }
    if (patch.copy(bestSource, bestTarget, best)) {
      at = patch.end
      if (at + block <= to) hash = hashOf(target, at)
    } else {
      if (at + block < to) hash = rolled(hash, target[at] ?? 0, target[at + block] ?? 0)
      at++
    }
  }
}

/** The commands so far, and what of the target they make. */
class Patch {
  readonly #target: Uint8Array
  readonly #bytes: Uint8Array
  #at = 0
  end = 0 // what lies before it in the target is made by the copies, and the inserts between them

  constructor(target: Uint8Array) {
    this.#target = target
    this.#bytes = new Uint8Array(target.length)
    this.#number(target.length)
    this.#char(newline)
  }

  /** Copies `count` bytes from `offset` of the source to `at` in the target, if that is less to say than the bytes. */
  copy(offset: number, at: number, count: number): boolean {
    if (count <= digitsOf(count) + digitsOf(offset) + 2) return false
    this.#insertUpTo(at)
    this.#number(count)
    this.#char(copies)
    this.#number(offset)
    this.#char(comma)
    this.end = at + count
    return true
  }

  finish(): Uint8Array | undefined {
    this.#insertUpTo(this.#target.length)
    this.#number(checksum(this.#target))
    this.#char(semicolon)
    return this.#at < this.#target.length ? this.#bytes.subarray(0, this.#at) : undefined
  }

  #insertUpTo(at: number): void {
    const count = at - this.end
    if (count === 0) return
    this.#number(count)
    this.#char(inserts)
    if (this.#at + count < this.#bytes.length) this.#bytes.set(this.#target.subarray(this.end, at), this.#at)
    this.#at += count
  }

  #number(value: number): void {
    let shift = (digitsOf(value) - 1) * 6
    for (; shift >= 0; shift -= 6) this.#char(digits.charCodeAt((value >>> shift) & 63))
  }

  // Past the end of the buffer the patch is longer than the target: nothing is kept of it but its length.
  #char(code: number): void {
    this.#bytes[this.#at++] = code
  }
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~'
const newline = 0x0a
const comma = 0x2c
const inserts = 0x3a
const semicolon = 0x3b
const copies = 0x40

/** `value`: at most 32 bits. */
function digitsOf(value: number): number {
  let count = 1
  for (let rest = value >>> 6; rest > 0; rest >>>= 6) count++
  return count
}

/** The sum of the big-endian 32-bit words; the last one is filled up with zeros. */
function checksum(bytes: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at++) sum = (sum + ((bytes[at] ?? 0) << (24 - (at & 3) * 8))) | 0
  return sum >>> 0
}

/** Each block of the source, by its hash. */
class BlockIndex {
  readonly #mask: number
  readonly #first: Int32Array // by hash: one more than the number of a block; 0 for none
  readonly #next: Int32Array // by block: likewise

  constructor(source: Uint8Array) {
    const blocks = Math.floor(source.length / block)
    const size = 2 ** Math.ceil(Math.log2(blocks + 1))
    this.#mask = size - 1
    this.#first = new Int32Array(size)
    this.#next = new Int32Array(blocks)
    // From the end, so that of those with one hash the first in the source is tried first.
    for (let number = blocks - 1; number >= 0; number--) {
      const slot = this.#slot(hashOf(source, number * block))
      this.#next[number] = this.#first[slot] ?? 0
      this.#first[slot] = number + 1
    }
  }

  /** Where in the source a block stands that may be like this one; negative for nowhere. */
  first(hash: number): number {
    return ((this.#first[this.#slot(hash)] ?? 0) - 1) * block
  }

  next(offset: number): number {
    return ((this.#next[offset / block] ?? 0) - 1) * block
  }

  #slot(hash: number): number {
    return (hash ^ (hash >>> 15)) & this.#mask
  }
}

const factor = 0x01_00_01_93
const factorOfFirst = Array.from({ length: block - 1 }).reduce<number>((power) => Math.imul(power, factor), 1)

function hashOf(bytes: Uint8Array, at: number): number {
  let hash = 0
  for (let i = at; i < at + block; i++) hash = (Math.imul(hash, factor) + (bytes[i] ?? 0)) | 0
  return hash
}

/** The hash one byte further. */
function rolled(hash: number, gone: number, come: number): number {
  return (Math.imul(hash - Math.imul(gone, factorOfFirst), factor) + come) | 0
}

/** How many bytes are alike from there on, before `to` in the target. */
function alikeFrom(source: Uint8Array, s: number, target: Uint8Array, t: number, to: number): number {
  const most = Math.min(source.length - s, to - t)
  let count = 0
  while (count < most && source[s + count] === target[t + count]) count++
  return count
}

/** How many bytes are alike before there, at most `most`. */
function alikeUpTo(source: Uint8Array, s: number, target: Uint8Array, t: number, most: number): number {
  const limit = Math.min(s, most)
  let count = 0
  while (count < limit && source[s - count - 1] === target[t - count - 1]) count++
  return count
}

/** Where the character begins that this byte belongs to. */
function characterAt(text: Uint8Array, at: number): number {
  let start = at
  while (start > 0 && isInside(text, start)) start--
  return start
}

/** Where the next character begins, if this byte is inside of one. */
function nextCharacter(text: Uint8Array, at: number): number {
  let start = at
  while (isInside(text, start)) start++
  return start
}

/** UTF-8 (RFC 3629, section 3): all bytes of a character but the first are 10xxxxxx. */
function isInside(text: Uint8Array, at: number): boolean {
  return ((text[at] ?? 0) & 0xc0) === 0x80
}
