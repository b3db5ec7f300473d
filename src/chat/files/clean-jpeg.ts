/**
 * A JPEG without what the camera says of place, time and owner, its picture
 * untouched (ITU T.81, annex B). Kept are the segments that are needed to draw
 * it; whatever stands behind the end of the picture, such as the film that
 * telephones hide there, goes too.
 */
import type { Cleaned } from './clean-picture.ts'
import { type Orientation, orientationOf, tiffOf } from './exif.ts'
import { type Step, wholePart } from './steps.ts'

/** Undefined for what is no JPEG. One that breaks off is kept as far as it goes: browsers show that much. */
export function cleanJpeg(bytes: Uint8Array, step: Step): Cleaned | undefined {
  const parts: Uint8Array[] = [bytes.subarray(0, 2)]
  let orientation: Orientation = 1
  let drawn = false
  for (let at = nextMarker(bytes, 2, step); at < bytes.length;) {
    step(wholePart)
    const marker = bytes[at + 1]
    if (marker === end) {
      parts.push(bytes.subarray(at, at + 2))
      break
    }
    const length = (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0)
    const segment = bytes.subarray(at, at + 2 + length)
    if (length < 2 || segment.length < 2 + length) break
    if (startsWith(segment, 'Exif\0\0')) orientation = orientationOf(segment.subarray(10))
    at += 2 + length
    const scan = marker === startOfScan ? bytes.subarray(at, endOfScan(bytes, at, step)) : nothing
    if (marker === startOfScan) drawn = true
    if (isKept(segment)) parts.push(segment, scan)
    at = nextMarker(bytes, at + scan.length, step)
  }
  if (!drawn) return undefined
  if (orientation !== 1) parts.splice(startsWith(parts[1] ?? nothing, 'JFIF\0') ? 2 : 1, 0, exifSegment(orientation))
  return { parts, orientation }
}

const [startOfScan, end, comment] = [0xda, 0xd9, 0xfe]
const nothing = new Uint8Array()

/** Of the segments that belong to applications, those that change how it looks: sizes, colours. */
function isKept(segment: Uint8Array): boolean {
  const marker = segment[1] ?? 0
  if (marker === comment) return false
  const isOfApplication = marker >= 0xe0 && marker <= 0xef
  return !isOfApplication || ['JFIF\0', 'ICC_PROFILE\0', 'Adobe'].some((name) => startsWith(segment, name))
}

/** What a segment of an application begins with is its name. */
function startsWith(segment: Uint8Array, name: string): boolean {
  return String.fromCharCode(...segment.subarray(4, 4 + name.length)) === name
}

/** Markers may be filled up with 0xFF in front (B.1.1.2); what else stands between segments means nothing. */
function nextMarker(bytes: Uint8Array, from: number, step: Step): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    step()
    const next = bytes[at + 1] ?? 0
    if (next >= 0xc0 && next !== 0xff && !isRestart(next)) return at
  }
  return bytes.length
}

/** In the data of a scan 0xFF is followed by 0, or begins a restart (B.1.1.5). */
function endOfScan(bytes: Uint8Array, from: number, step: Step): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 2)) {
    step()
    const next = bytes[at + 1] ?? 0
    if (next === 0xff) at--
    else if (next !== 0 && !isRestart(next)) return at
  }
  return bytes.length
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7
}

function exifSegment(orientation: Orientation): Uint8Array {
  const tiff = tiffOf(orientation)
  const head = [0xff, 0xe1, 0, 8 + tiff.length, ...new TextEncoder().encode('Exif\0\0')]
  return Uint8Array.of(...head, ...tiff)
}
