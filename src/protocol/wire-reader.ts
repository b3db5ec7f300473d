/**
 * Reads the wire format of Protocol Buffers (protobuf.dev, "Encoding") from
 * strangers: never past the end, nothing nested is followed unless asked for,
 * and what is not understood is an error or passed over, as the format says.
 */
export class WireError extends Error {
  override readonly name = 'WireError'
}

export class WireReader {
  readonly #bytes: Uint8Array
  #at = 0
  #high = 0 // the upper 32 bits of the last varint
  #type = 0 // how long the value of the field is whose tag was read

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** The number of the next field, whose value is to be read or passed over; 0 at the end. */
  field(): number {
    if (this.done) return 0
    const tag = this.#varint()
    if (this.#high !== 0) throw new WireError('a field number is too large')
    this.#type = tag & 7
    const field = tag >>> 3
    if (field === 0) throw new WireError('there is no field 0')
    return field
  }

  /** uint32, and what is meant by an int32 or int64 that is given more bits. */
  int32(): number {
    this.#expect(varintType)
    return this.#varint() | 0
  }

  /** uint32 */
  uint32(): number {
    this.#expect(varintType)
    const low = this.#varint()
    if (this.#high !== 0) throw new WireError('a number is too large')
    return low
  }

  /** uint64, as far as a number can hold it. */
  uint53(): number {
    this.#expect(varintType)
    const low = this.#varint()
    if (this.#high >= 0x20_00_00) throw new WireError('a number is too large')
    return this.#high * 0x1_00_00_00_00 + low
  }

  flag(): boolean {
    this.#expect(varintType)
    return this.#varint() !== 0 || this.#high !== 0
  }

  text(): string {
    const bytes = this.bytes()
    try {
      return utf8.decode(bytes)
    } catch (error) {
      throw new WireError('a text is not UTF-8', { cause: error })
    }
  }

  /** A part of what is read, not a copy. */
  bytes(): Uint8Array {
    this.#expect(delimitedType)
    return this.delimited()
  }

  /** Bytes behind their length, without a tag. */
  delimited(): Uint8Array {
    const length = this.#varint()
    if (this.#high !== 0 || length > this.#bytes.length - this.#at) throw new WireError('a value ends too early')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  message(): WireReader {
    return new WireReader(this.bytes())
  }

  /** Passes over a value that nobody asked for. */
  skip(): void {
    if (this.#type === varintType) this.#varint()
    else if (this.#type === delimitedType) this.delimited()
    else if (this.#type === 1) this.#jump(8)
    else if (this.#type === 5) this.#jump(4)
    else throw new WireError(`there is no wire type ${this.#type}`) // groups (3, 4) left the format before proto3
  }

  /** The lower 32 bits; the upper are left in `#high`. */
  #varint(): number {
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new WireError('a number ends too early')
      const bits = byte & 127
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high = bits >>> 4
      } else if (shift < 63 || bits < 2) high |= bits << (shift - 32)
      else throw new WireError('a number has more than 64 bits')
      if (byte < 128) {
        this.#high = high >>> 0
        return low >>> 0
      }
    }
    throw new WireError('a number has more than 64 bits')
  }

  #jump(length: number): void {
    if (length > this.#bytes.length - this.#at) throw new WireError('a value ends too early')
    this.#at += length
  }

  #expect(type: number): void {
    if (this.#type !== type) throw new WireError('a field is of another type')
  }
}

const varintType = 0
const delimitedType = 2
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
