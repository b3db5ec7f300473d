/**
 * Films and pictures of the ISO family (ISO/IEC 14496-12: MP4, QuickTime; 23008-12:
 * AVIF, HEIC) are boxes within boxes. Offsets in them count from the start of
 * the file, so nothing is cut out: what tells of place and owner is blanked, and
 * a box that holds nothing else is renamed to `free`, which means just that.
 */
import { countSteps } from './steps.ts'

/** From here up to there, not included. */
export type Range = readonly [from: number, to: number]

/** What is to be blanked in a film. Undefined for what cannot be taken apart. */
export async function blanksOfFilm(file: Blob): Promise<readonly Blank[] | undefined> {
  return orUndefined(async () => {
    const blanks: Blank[] = []
    for (const box of await boxesOf(file, 0, file.size)) {
      if (telling.has(box.type)) blanks.push({ range: box.content, rename: box.name })
      if (box.type === 'moov') blanks.push(...(await blanksWithin(file, box)))
    }
    return blanks
  })
}

export interface Blank {
  readonly range: Range
  /** Where the name stands of the box that is to be `free`. */
  readonly rename?: number
}

export interface IsoPicture {
  readonly blanks: readonly Blank[]
  readonly width: number
  readonly height: number
}

/** Undefined for what cannot be taken apart. */
export async function isoPicture(file: Blob): Promise<IsoPicture | undefined> {
  return orUndefined(async () => {
    const meta = (await boxesOf(file, 0, file.size)).find(({ type }) => type === 'meta')
    if (meta === undefined) return undefined
    const boxes = await boxesOf(file, meta.content[0] + 4, meta.content[1]) // it has a version and flags in front
    const size = await sizeOf(file, boxes)
    return size && { ...size, blanks: await blanksOfItems(file, boxes) }
  })
}

interface Box {
  readonly type: string
  readonly name: number
  readonly content: Range
}

// Of films, everything that is said about them: in `udta` and `meta` cameras write the place, in `uuid` there is XMP.
const telling: ReadonlySet<string> = new Set(['udta', 'meta', 'uuid'])
const boxLimit = 10_000 // more than a film has before its fragments begin
const readLimit = 8 * 1024 * 1024

async function blanksWithin(file: Blob, moov: Box): Promise<readonly Blank[]> {
  const inside = await boxesOf(file, ...moov.content)
  const tracks = await Promise.all(
    inside.filter(({ type }) => type === 'trak').map((box) => boxesOf(file, ...box.content)),
  )
  return [...inside, ...tracks.flat()]
    .filter(({ type }) => telling.has(type))
    .map(({ content, name }) => ({ range: content, rename: name }))
}

async function boxesOf(file: Blob, from: number, to: number): Promise<readonly Box[]> {
  const boxes: Box[] = []
  for (let at = from; at + 8 <= to && boxes.length < boxLimit;) {
    const head = await read(file, at, Math.min(16, to - at))
    const short = head.getUint32(0)
    const size = short === 1 ? Number(head.getBigUint64(8)) : short === 0 ? to - at : short // 0: up to the end
    const headSize = short === 1 ? 16 : 8
    if (size < headSize) throw new RangeError('a box that is smaller than its head')
    boxes.push({ type: text(head, 4, 4), name: at + 4, content: [at + headSize, Math.min(at + size, to)] })
    at += size
  }
  return boxes
}

/** The largest of what is in the file: of a picture that is put together from tiles, that is the whole. */
async function sizeOf(file: Blob, meta: readonly Box[]): Promise<{ width: number; height: number } | undefined> {
  const properties = await boxesOf(file, ...must(await within(file, must(find(meta, 'iprp')), 'ipco')).content)
  const sizes = await Promise.all(
    properties
      .filter(({ type }) => type === 'ispe')
      .map(async ({ content: [at] }) => {
        const view = await read(file, at, 12)
        return { width: view.getUint32(4), height: view.getUint32(8) }
      }),
  )
  const size = sizes.toSorted((a, b) => b.width * b.height - a.width * a.height)[0]
  const turn = find(properties, 'irot')
  const isOdd = turn !== undefined && ((await read(file, turn.content[0], 1)).getUint8(0) & 1) === 1
  return size && (isOdd ? { width: size.height, height: size.width } : size)
}

/** Exif and XMP are items like the picture itself: `iinf` says what each is, `iloc` where it lies. */
async function blanksOfItems(file: Blob, meta: readonly Box[]): Promise<readonly Blank[]> {
  const [info, places] = [find(meta, 'iinf'), find(meta, 'iloc')]
  if (info === undefined || places === undefined) return []
  const ids = await tellingItems(file, info)
  const data = find(meta, 'idat')?.content[0]
  const view = await read(file, places.content[0], places.content[1] - places.content[0])
  return placesOf(view, data, file.size).flatMap(({ id, range }) => (ids.has(id) ? [{ range }] : []))
}

/** `iinf`, section 8.11.6: the items that are not pictures. */
async function tellingItems(file: Blob, { content: [from, to] }: Box): Promise<ReadonlySet<number>> {
  const version = (await read(file, from, 1)).getUint8(0)
  const entries = await boxesOf(file, from + (version === 0 ? 6 : 8), to)
  const ids = new Set<number>()
  for (const { content } of entries) {
    const view = await read(file, content[0], Math.min(12, content[1] - content[0]))
    const wide = view.getUint8(0) >= 3 ? 2 : 0 // the id has four bytes then
    const type = text(view, 8 + wide, 4)
    if (type === 'Exif' || type === 'mime' || type === 'uri ')
      ids.add(wide === 0 ? view.getUint16(4) : view.getUint32(4))
  }
  return ids
}

/** `iloc`, section 8.11.3. */
function placesOf(view: DataView, data: number | undefined, fileSize: number): { id: number; range: Range }[] {
  const version = view.getUint8(0)
  const [offsetSize, lengthSize] = halves(view.getUint8(4))
  const [baseSize, indexSize] = halves(view.getUint8(5))
  const places: { id: number; range: Range }[] = []
  const step = countSteps()
  let at = 6
  const take = (size: number): number => {
    const value =
      size === 8 ? Number(view.getBigUint64(at)) : size === 4 ? view.getUint32(at) : size === 2 ? view.getUint16(at) : 0
    at += size
    return value
  }
  const wide = version < 2 ? 2 : 4
  for (let items = take(wide); items > 0; items--) {
    const id = take(wide)
    const isInData = version > 0 && (take(2) & 15) === 1
    take(2)
    const base = take(baseSize) + (isInData ? (data ?? 0) : 0)
    for (let extents = take(2); extents > 0; extents--) {
      step()
      if (version > 0) take(indexSize)
      const from = base + take(offsetSize)
      const length = take(lengthSize)
      places.push({ id, range: [Math.min(from, fileSize), Math.min(from + length, fileSize)] })
    }
  }
  return places
}

const halves = (byte: number) => [byte >> 4, byte & 15] as const
const find = (boxes: readonly Box[], wanted: string) => boxes.find(({ type }) => type === wanted)

async function within(file: Blob, box: Box, wanted: string): Promise<Box | undefined> {
  return find(await boxesOf(file, ...box.content), wanted)
}

function text(view: DataView, at: number, length: number): string {
  return Array.from({ length }, (_, each) => String.fromCharCode(view.getUint8(at + each))).join('')
}

async function read(file: Blob, at: number, length: number): Promise<DataView> {
  if (length > readLimit) throw new RangeError('a box that is too large to be looked at')
  return new DataView(await file.slice(at, at + length).arrayBuffer())
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('a box that must be there is not')
  return value
}

/** Reading beyond the end is what happens with a file that is not what it says. */
async function orUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
