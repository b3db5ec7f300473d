/**
 * What a camera writes into a picture (Exif 2.32, which is laid out as TIFF 6.0):
 * where it was taken, when, with what, and how it was held. Only the last of
 * these concerns those who look at it.
 */

/** How a picture is to be turned: 1 is not at all, 2 to 8 as in Exif, tag 0x0112. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/** Standing and lying are swapped. */
export function isTurned(orientation: Orientation): boolean {
  return orientation >= 5
}

/** @param tiff from its `II` or `MM` on; 1 for whatever cannot be read */
export function orientationOf(tiff: Uint8Array): Orientation {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  try {
    const little = view.getUint16(0) === 0x4949
    if (view.getUint16(2, little) !== 42) return 1
    const directory = view.getUint32(4, little)
    const entries = view.getUint16(directory, little)
    for (let at = directory + 2; at < directory + 2 + 12 * entries; at += 12) {
      if (view.getUint16(at, little) === tag) return known(view.getUint16(at + 8, little))
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error // it leads out of the bytes that there are
  }
  return 1
}

/** Says how to turn the picture, and nothing else. */
export function tiffOf(orientation: Orientation): Uint8Array<ArrayBuffer> {
  const tiff = new Uint8Array(26) // header, one entry, no further directory
  const view = new DataView(tiff.buffer)
  view.setUint32(0, 0x4d4d_002a)
  view.setUint32(4, 8)
  view.setUint16(8, 1)
  view.setUint16(10, tag)
  view.setUint16(12, 3) // SHORT
  view.setUint32(14, 1)
  view.setUint16(18, orientation)
  return tiff
}

const tag = 0x0112

function known(value: number): Orientation {
  return value >= 1 && value <= 8 ? (value as Orientation) : 1
}
