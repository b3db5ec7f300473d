/**
 * A PNG without its texts, times, Exif and private chunks (PNG, third edition,
 * section 11); what draws it stays as it is, animation included.
 */
import type { Cleaned } from './clean-picture.ts'
import { type Orientation, orientationOf, tiffOf } from './exif.ts'
import { type Step, wholePart } from './steps.ts'

/** Undefined for what is no PNG. One that breaks off is kept as far as it goes. */
export function cleanPng(bytes: Uint8Array, step: Step): Cleaned | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = [bytes.subarray(0, 8)]
  let orientation: Orientation = 1
  for (let at = 8; at + 12 <= bytes.length;) {
    step(wholePart)
    const chunk = bytes.subarray(at, at + 12 + view.getUint32(at))
    const type = String.fromCharCode(...chunk.subarray(4, 8))
    if (at === 8 && type !== 'IHDR') return undefined
    if (type === 'eXIf') orientation = orientationOf(chunk.subarray(8, -4))
    if (kept.has(type)) parts.push(chunk)
    if (type === 'IEND') break
    at += chunk.length
  }
  if (parts.length < 2) return undefined
  if (orientation !== 1) parts.splice(2, 0, exifChunk(orientation)) // after IHDR
  return { parts, orientation }
}

const kept: ReadonlySet<string> = new Set(
  `IHDR PLTE IDAT IEND tRNS acTL fcTL fdAT bKGD hIST pHYs sPLT cHRM cICP cLLI gAMA iCCP mDCV sBIT sRGB`.split(' '),
)

function exifChunk(orientation: Orientation): Uint8Array {
  const tiff = tiffOf(orientation)
  const chunk = new Uint8Array(12 + tiff.length)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, tiff.length)
  chunk.set(new TextEncoder().encode('eXIf'), 4)
  chunk.set(tiff, 8)
  view.setUint32(8 + tiff.length, Bun.hash.crc32(chunk.subarray(4, 8 + tiff.length)))
  return chunk
}
