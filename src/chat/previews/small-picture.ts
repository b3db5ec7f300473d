/**
 * A picture from elsewhere, as we show it: drawn anew, and smaller. What came
 * with it beside the picture is gone, and however many links somebody sends, a
 * few kilobytes are kept of each.
 */
import { Gate } from '../files/gate.ts'

const pixelLimit = 25_000_000 // 100 MB while it is decoded
const oneByOne = new Gate(1)

/** WebP, no side longer than `side` pixels; undefined for what is no picture that can be drawn. */
export function smallPicture(bytes: Uint8Array, side: number): Promise<Uint8Array | undefined> {
  return oneByOne.through(async () => {
    try {
      const image = new Bun.Image(bytes, { maxPixels: pixelLimit })
      return await image.resize(side, side, { fit: 'inside', withoutEnlargement: true }).webp({ quality: 80 }).bytes()
    } catch (error) {
      if (error instanceof Error && 'code' in error && /^ERR_(IMAGE_|INVALID_)/.test(String(error.code)))
        return undefined
      throw error
    }
  })
}
