/**
 * Writes the wire format of Protocol Buffers (protobuf.dev, "Encoding"): each
 * field is a tag, made of its number and how long it is, and a value. Zero values
 * are left out, as proto3 does. One buffer is used again for every message.
 */
export class WireWriter {
  #bytes = new Uint8Array(1024)
  #at = 0

  /** What `write` writes, behind its own length. */
  delimited(write: () => void): Uint8Array {
    this.#at = 0
    this.#lengthOf(write)
    const frame = this.#bytes.slice(0, this.#at)
    if (this.#bytes.length > keptBuffer) this.#bytes = new Uint8Array(1024)
    return frame
  }

  /** A field of one of the integer types, not negative. */
  integer(field: number, value: number): void {
    if (value === 0) return
    this.#room(20)
    this.#varint(field * 8)
    this.#varint(value)
  }

  flag(field: number, value: boolean): void {
    if (value) this.integer(field, 1)
  }

  text(field: number, value: string): void {
    if (value !== '') this.#utf8(field, value)
  }

  /** Bytes; given as text, its UTF-8. */
  bytes(field: number, value: Uint8Array | string | undefined): void {
    if (value === undefined || value.length === 0) return
    if (typeof value === 'string') return this.#utf8(field, value)
    this.#room(20 + value.length)
    this.#varint(field * 8 + delimitedType)
    this.#varint(value.length)
    this.#bytes.set(value, this.#at)
    this.#at += value.length
  }

  /** A message inside of this one. It is there even if it is empty. */
  message(field: number, write: () => void): void {
    this.#room(10)
    this.#varint(field * 8 + delimitedType)
    this.#lengthOf(write)
  }

  /** A map is a list of small messages, its key and its value. */
  map<T>(field: number, entries: ReadonlyMap<string, T>, write: (value: T) => void): void {
    for (const [key, value] of entries) {
      this.message(field, () => {
        this.text(1, key)
        this.message(2, () => write(value))
      })
    }
  }

  #utf8(field: number, value: string): void {
    this.#room(20 + value.length * 3) // no UTF-16 unit takes more than three bytes
    this.#varint(field * 8 + delimitedType)
    this.#lengthOf(() => (this.#at += encoder.encodeInto(value, this.#bytes.subarray(this.#at)).written))
  }

  /** Most lengths take one byte. For one that takes more, what was written moves on to make room. */
  #lengthOf(write: () => void): void {
    this.#room(1)
    const start = ++this.#at
    write()
    const length = this.#at - start
    const more = sizeOf(length) - 1
    if (more > 0) {
      this.#room(more)
      this.#bytes.copyWithin(start + more, start, this.#at)
    }
    this.#at = start - 1
    this.#varint(length)
    this.#at += length
  }

  #varint(value: number): void {
    let rest = value
    for (; rest > 127; rest = Math.floor(rest / 128)) this.#bytes[this.#at++] = (rest % 128) + 128
    this.#bytes[this.#at++] = rest
  }

  #room(size: number): void {
    if (this.#at + size <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + size))
    larger.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = larger
  }
}

const delimitedType = 2
const keptBuffer = 65_536 // a larger one is let go after its message
const encoder = new TextEncoder()

function sizeOf(value: number): number {
  let size = 1
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++
  return size
}
