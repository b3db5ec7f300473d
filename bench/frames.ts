/**
 * As much of a WebSocket client (RFC 6455) as a load generator needs: frames to
 * send, masked with zeros, and a reader that counts instead of taking apart.
 */
const marker = 0x7c // the `|` of each publication

/** A text frame of less than 64 KiB. */
export function textFrame(text: string): Uint8Array {
  const bytes = Buffer.from(text)
  const long = bytes.length > 125
  const head = long ? [0x81, 0xfe, bytes.length >> 8, bytes.length & 255] : [0x81, 0x80 | bytes.length]
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), bytes])
}

/** One connection's stream of frames, in whatever pieces it comes. */
export class FrameCounter {
  #head = '' // the bytes of a header that is not complete, as characters
  #left = 0 // bytes of the present frame that are still to come

  /** @returns the publications in this piece */
  read(bytes: Buffer): number {
    let publications = 0
    let at = 0
    while (at < bytes.length) {
      if (this.#left === 0) {
        this.#head += String.fromCharCode(bytes[at++] ?? 0)
        this.#left = this.#lengthOf(this.#head)
        if (this.#left < 0) this.#left = 0
        else this.#head = ''
        continue
      }
      const end = Math.min(bytes.length, at + this.#left)
      for (let found = bytes.indexOf(marker, at); found >= 0 && found < end; found = bytes.indexOf(marker, found + 1)) {
        publications++
      }
      this.#left -= end - at
      at = end
    }
    return publications
  }

  /** Of what follows the header; -1 while the header is not complete. */
  #lengthOf(head: string): number {
    if (head.length < 2) return -1
    const short = head.charCodeAt(1) & 127
    if (short < 126) return short
    const size = short === 126 ? 2 : 8
    if (head.length < 2 + size) return -1
    let length = 0
    for (let at = 2; at < 2 + size; at++) length = length * 256 + head.charCodeAt(at)
    return length
  }
}
