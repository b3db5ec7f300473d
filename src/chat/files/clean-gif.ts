/** A GIF without comments and what applications put in, but for the loop (GIF89a, sections 17 to 27). */
import type { Cleaned } from './clean-picture.ts'
import { type Step, wholePart } from './steps.ts'

/** Undefined for what is no GIF. One that breaks off is kept as far as it goes. */
export function cleanGif(bytes: Uint8Array, step: Step): Cleaned | undefined {
  let at = 13 + colours(bytes[10])
  const parts: Uint8Array[] = [bytes.subarray(0, at)]
  while (at < bytes.length) {
    step(wholePart)
    const [kind, label] = bytes.subarray(at, at + 2)
    if (kind !== extension && kind !== image) break // the trailer, or what is none
    const blocks = kind === image ? at + 10 + colours(bytes[at + 9]) + 1 : at + 2
    const next = endOfBlocks(bytes, blocks, step)
    const part = bytes.subarray(at, next)
    if (kind === image || label === control || (label === application && isLoop(part))) parts.push(part)
    at = next
  }
  if (parts.length < 2) return undefined
  return { parts: [...parts, Uint8Array.of(trailer)], orientation: 1 }
}

const [extension, image, trailer, control, application] = [0x21, 0x2c, 0x3b, 0xf9, 0xff]

/** The bytes of a table of colours, by the flags in front of it. */
function colours(flags = 0): number {
  return flags & 0x80 ? 3 << ((flags & 7) + 1) : 0
}

function endOfBlocks(bytes: Uint8Array, from: number, step: Step): number {
  let at = from
  for (; at < bytes.length && bytes[at] !== 0; step()) at += 1 + (bytes[at] ?? 0)
  return Math.min(at + 1, bytes.length)
}

function isLoop(part: Uint8Array): boolean {
  return ['NETSCAPE2.0', 'ANIMEXTS1.0'].includes(String.fromCharCode(...part.subarray(3, 14)))
}
