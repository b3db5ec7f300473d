/**
 * Looks at a file that has arrived whole: what it is, how it is drawn, and what
 * others get of it. What cannot be taken apart is never shown, only saved.
 */
import { blanked } from './blank.ts'
import { cleanPicture, isCleaned } from './clean-picture.ts'
import { headSize, isShown, typeOf, unknownType } from './content-type.ts'
import { type Blank, blanksOfFilm, isoPicture } from './iso-media.ts'
import { isDrawable, pictureOf, type Picture } from './picture.ts'

export interface Inspected {
  readonly type: string
  readonly picture?: Picture
  /** What is kept in place of what came; absent if that is the same. */
  readonly content?: AsyncIterable<Uint8Array>
}

/** Larger ones are taken into memory by nobody: they are files like others. */
export const pictureBytes = 32 * 1024 * 1024

/** @param declared the type its sender says it is */
export async function inspect(file: Blob, declared: string): Promise<Inspected> {
  const type = typeOf(await file.slice(0, headSize).bytes(), declared)
  if (isCleaned(type)) return file.size > pictureBytes ? unknown : inspectPicture(file, type)
  if (type === 'image/avif' || type === 'image/heic') return inspectIsoPicture(file, type)
  if (type === 'video/mp4' || type === 'video/quicktime') return inspectFilm(file, type)
  return { type: saved(type) }
}

async function inspectPicture(file: Blob, type: string): Promise<Inspected> {
  const cleaned = cleanPicture(type, await file.bytes())
  if (cleaned === undefined) return unknown
  const bytes = join(cleaned.parts)
  const picture = await pictureOf(bytes, cleaned.orientation)
  const content = new Blob([bytes]).stream()
  return picture === undefined ? { ...unknown, content } : { type, picture, content }
}

async function inspectIsoPicture(file: Blob, type: string): Promise<Inspected> {
  const found = await isoPicture(file)
  if (found === undefined) return unknown
  const { blanks, width, height } = found
  const content = without(file, blanks)
  return isShown(type) && isDrawable(found)
    ? { type, picture: { width, height }, ...content }
    : { ...unknown, ...content }
}

async function inspectFilm(file: Blob, type: string): Promise<Inspected> {
  const blanks = await blanksOfFilm(file)
  return blanks === undefined ? unknown : { type: saved(type), ...without(file, blanks) }
}

const unknown: Inspected = { type: unknownType }

/** PDF keeps its name, so that whoever saves it can open it. */
function saved(type: string): string {
  return isShown(type) || type === 'application/pdf' ? type : unknownType
}

function without(file: Blob, blanks: readonly Blank[]): { readonly content?: AsyncIterable<Uint8Array> } {
  return blanks.length === 0 ? {} : { content: blanked(file, blanks) }
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
