/**
 * What a page needs to draw a picture before it has it: how large it is, a small
 * one in its stead, and a blur of it that fits into the message.
 *
 * The runtime's own decoders do it (`Bun.Image`), on threads of their own. They
 * look at the size before they make room for it, so a file of a few bytes that
 * unfolds to gigabytes is turned away at its head.
 */
import { isTurned, type Orientation } from './exif.ts'

const pixelLimit = 50_000_000 // what telephones take; 200 MB while it is decoded
const thumbnailSide = 480

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Picture extends Size {
  /** WebP. Absent for what can be measured but not decoded: films of pictures, damaged ones. */
  readonly thumbnail?: Uint8Array
  /** A `data:` URL of some hundred bytes, to be drawn blurred: it travels in the message. */
  readonly placeholder?: string
}

/** As it is seen, that is, turned. Undefined for what is none, or larger than what is decoded. */
export async function pictureOf(
  bytes: Uint8Array<ArrayBuffer>,
  orientation: Orientation,
): Promise<Picture | undefined> {
  const stored = await orUndefined(() => open(bytes).metadata())
  if (stored === undefined || !isDrawable(stored)) return undefined
  const { width, height } = stored
  const size = isTurned(orientation) ? { width: height, height: width } : { width, height }
  const small = () =>
    turn(open(bytes), orientation)
      .resize(thumbnailSide, thumbnailSide, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 75 })
      .bytes()
  const thumbnail = await orUndefined(small)
  if (thumbnail === undefined) return size
  const placeholder = await orUndefined(() =>
    open(thumbnail).resize(16, 16, { fit: 'inside' }).webp({ quality: 40 }).dataurl(),
  )
  return { ...size, thumbnail, ...(placeholder !== undefined && { placeholder }) }
}

export function isDrawable({ width, height }: Size): boolean {
  return width > 0 && height > 0 && width * height <= pixelLimit
}

/** The thumbnail has nothing that says how to turn it, so it is turned here, for every type alike. */
function open(bytes: Uint8Array): Bun.Image {
  return new Bun.Image(bytes, { maxPixels: pixelLimit, autoOrient: false })
}

function turn(image: Bun.Image, orientation: Orientation): Bun.Image {
  const { rotate, mirror } = turns[orientation]
  const turned = rotate === 0 ? image : image.rotate(rotate)
  return mirror === undefined ? turned : turned[mirror]()
}

/** Exif 2.32, tag 0x0112. First turned clockwise, then mirrored: `flop` left to right, `flip` upside down. */
const turns: Readonly<Record<Orientation, { readonly rotate: number; readonly mirror?: 'flip' | 'flop' }>> = {
  1: { rotate: 0 },
  2: { rotate: 0, mirror: 'flop' },
  3: { rotate: 180 },
  4: { rotate: 0, mirror: 'flip' },
  5: { rotate: 90, mirror: 'flop' },
  6: { rotate: 90 },
  7: { rotate: 270, mirror: 'flop' },
  8: { rotate: 270 },
}

/** What the decoder refuses is no fault of ours; everything else is. */
async function orUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^ERR_(IMAGE_|INVALID_)/.test(String(error.code))) return undefined
    throw error
  }
}
