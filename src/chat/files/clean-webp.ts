/** A WebP without Exif, XMP and chunks that nobody knows (RFC 9649, section 2). */
import type { Cleaned } from './clean-picture.ts'
import { type Orientation, orientationOf, tiffOf } from './exif.ts'
import { type Step, wholePart } from './steps.ts'

/** Undefined for what is no WebP. */
export function cleanWebp(bytes: Uint8Array, step: Step): Cleaned | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const chunks: Uint8Array[] = []
  let orientation: Orientation = 1
  for (let at = 12; at + 8 <= bytes.length;) {
    step(wholePart)
    const length = view.getUint32(at + 4, true)
    const chunk = bytes.subarray(at, at + 8 + length + (length % 2))
    const type = String.fromCharCode(...chunk.subarray(0, 4))
    if (type === 'EXIF') orientation = orientationOf(withoutName(chunk.subarray(8)))
    if (kept.has(type)) chunks.push(chunk)
    at += chunk.length
  }
  if (chunks.length === 0) return undefined
  if (orientation !== 1) chunks.push(exifChunk(orientation))
  const extended = chunks.findIndex((chunk) => String.fromCharCode(...chunk.subarray(0, 4)) === 'VP8X')
  if (extended !== -1) chunks[extended] = sayWhatIsThere(chunks[extended] ?? nothing, orientation)
  return { parts: [header(chunks), ...chunks], orientation }
}

const nothing = new Uint8Array()
const kept: ReadonlySet<string> = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])

/** Some write the name of the segment of JPEG in front, though it does not belong there. */
function withoutName(exif: Uint8Array): Uint8Array {
  return exif[0] === 0x45 ? exif.subarray(6) : exif
}

function header(chunks: readonly Uint8Array[]): Uint8Array {
  const made = new TextEncoder().encode('RIFF\0\0\0\0WEBP')
  const size = chunks.reduce((sum, { length }) => sum + length, 4)
  new DataView(made.buffer).setUint32(4, size, true)
  return made
}

function exifChunk(orientation: Orientation): Uint8Array {
  const tiff = tiffOf(orientation)
  return Uint8Array.of(...new TextEncoder().encode('EXIF'), tiff.length, 0, 0, 0, ...tiff)
}

/** The flags of the extended format, section 2.7: 8 is Exif, 4 is XMP. */
function sayWhatIsThere(extended: Uint8Array, orientation: Orientation): Uint8Array {
  const made = extended.slice()
  made[8] = ((made[8] ?? 0) & ~(8 | 4)) | (orientation === 1 ? 0 : 8)
  return made
}
