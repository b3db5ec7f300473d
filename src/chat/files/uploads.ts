/**
 * How a file arrives: announced with its length, then in one piece or in many,
 * each at the offset where the last one ended. It is complete when as many bytes
 * are there as were announced; then it is looked at, and kept.
 *
 * An upload has one request at a time. A newer one ends the older one, whose
 * sender is then most likely gone, and goes on from what that left.
 */
import { randomBytes } from 'node:crypto'
import type { BlobStore } from './blob-store.ts'
import { unknownType } from './content-type.ts'
import { refuse } from './file-error.ts'
import type { FileRow, FileTable, NewFile } from './file-table.ts'
import { isCode } from './folder-store.ts'
import { Gate } from './gate.ts'
import { inspect, type Inspected } from './inspect.ts'
import type { FileLimits } from './limits.ts'
import type { Ending, PartialFiles } from './partial-files.ts'
import { Turns } from './turns.ts'

export interface Progress {
  readonly file: FileRow
  readonly offset: number
}

/** What one request brings. */
export interface Piece {
  readonly offset: number
  readonly content: ReadableStream<Uint8Array>
  /** Of the content, if its sender says it. */
  readonly length: number | undefined
  /** The sender says that the file ends with it. */
  readonly isLast: boolean
  /** Called when its last byte is there: what follows may take its time. */
  readonly received: () => void
}

interface Parts {
  readonly table: FileTable
  readonly partial: PartialFiles
  readonly store: BlobStore
  readonly limits: FileLimits
  readonly report: (error: unknown) => void
}

export class Uploads {
  readonly #parts: Parts
  readonly #turns = new Turns()
  readonly #begins = new Gate(1) // limits are counted from what is written, so nobody begins two in the same instant
  readonly #looks = new Gate(2) // pictures are taken into memory for it

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** @throws FileError 413, 429 */
  begin(owner: string, file: Omit<NewFile, 'id' | 'owner'>): Promise<FileRow> {
    return this.#begins.through(async () => {
      this.#check(owner, file.announced)
      const id = freshId()
      await onDisk(() => this.#parts.partial.create(id))
      await this.#parts.table.add({ ...file, id, owner })
      return this.#find(owner, id)
    })
  }

  /**
   * Appends what comes; with the last byte that was announced the file is complete.
   * @throws FileError 404; 409 at another offset than the right one; 400 for more or less than was announced
   */
  async append(owner: string, id: string, piece: Piece): Promise<Progress> {
    this.#find(owner, id)
    return this.#turns.take(id, async (stop) => {
      const before = await this.#standing(owner, id)
      checkPiece(before, piece)
      if (before.file.state !== 'uploading') return before
      const ending = await this.#receive(before.file, piece, stop)
      piece.received()
      const after = await this.#standing(owner, id)
      if (after.file.state === 'uploading') checkEnding(after, ending, piece.isLast)
      return after
    })
  }

  /** All at once, of the server's own: it counts against nobody. */
  async keep(name: string, type: string, content: Uint8Array): Promise<FileRow> {
    const id = freshId()
    await this.#parts.partial.create(id)
    const said = { width: null, height: null, duration: null, waveform: null, voice: 0 } as const
    await this.#parts.table.add({ id, owner: '', name, type, announced: content.length, ...said })
    const all = { offset: 0, content: new Blob([content.slice()]).stream(), length: content.length, isLast: true }
    const { file } = await this.append('', id, { ...all, received: () => undefined })
    return file
  }

  /** How far it is. @throws FileError 404 */
  async progress(owner: string, id: string): Promise<Progress> {
    this.#find(owner, id)
    return this.#turns.take(id, () => this.#standing(owner, id))
  }

  /** Nothing is left of it, nor of a complete file that is in no message. @throws FileError 404, 409 */
  async cancel(owner: string, id: string): Promise<void> {
    this.#find(owner, id)
    await this.#turns.take(id, async () => {
      const { state } = this.#find(owner, id)
      if (state === 'used') throw refuse.usedAlready()
      await (state === 'uploading' ? this.#drop(id) : this.#parts.table.erase([id]))
    })
  }

  /** Removes an upload to which nothing came for long, unless something comes now. */
  async abandon(id: string): Promise<void> {
    if (!this.#turns.isTaken(id)) await this.#turns.take(id, () => this.#drop(id))
  }

  #find(owner: string, id: string): FileRow {
    const file = this.#parts.table.find(id)
    if (file === undefined || file.owner !== owner || file.state === 'erased') throw refuse.notFound()
    return file
  }

  #check(owner: string, announced: number): void {
    const { fileBytes, openUploads, waitingBytes } = this.#parts.limits
    if (announced > fileBytes) throw refuse.tooLarge(fileBytes)
    const { uploads, bytes } = this.#parts.table.waiting(owner)
    if (uploads >= openUploads) throw refuse.tooManyUploads(uploads)
    if (bytes + announced > waitingBytes) throw refuse.tooMuchWaiting()
  }

  async #receive({ id, announced }: FileRow, { content }: Piece, stop: AbortSignal): Promise<Ending> {
    const ending = await onDisk(() => this.#parts.partial.append(id, content, announced, stop))
    if (ending === 'too long') {
      await this.#drop(id) // who cannot count may have sent anything
      throw refuse.overflow(announced)
    }
    await this.#parts.table.touch(id)
    return ending
  }

  /** Where it stands while nobody is at it. What has all its bytes is completed first: the server may have ended just before. */
  async #standing(owner: string, id: string): Promise<Progress> {
    const file = this.#find(owner, id)
    if (file.state !== 'uploading') return { file, offset: file.announced }
    const offset = await this.#parts.partial.size(id)
    if (offset === undefined) {
      await this.#drop(id) // the server ended between keeping its bytes and saying so
      throw refuse.notFound()
    }
    if (offset < file.announced) return { file, offset }
    await onDisk(() => this.#complete(file))
    return { file: this.#find(owner, id), offset }
  }

  async #complete(file: FileRow): Promise<void> {
    const { table, partial, store } = this.#parts
    const path = partial.path(file.id)
    const { type, picture, content } = await this.#looks.through(() => this.#look(path, file.type))
    const thumbnail = picture?.thumbnail && (await store.put(only(picture.thumbnail)))
    const blob = await (content === undefined ? store.adopt(path) : store.put(content))
    const size = (await store.get(blob))?.size ?? file.announced
    await table.finish(file.id, { type, size, blob, thumbnail, picture })
    await partial.remove(file.id)
  }

  /** What we stumble over is still a file. */
  async #look(path: string, declared: string): Promise<Inspected> {
    try {
      return await inspect(Bun.file(path), declared)
    } catch (error) {
      this.#parts.report(error)
      return { type: unknownType }
    }
  }

  async #drop(id: string): Promise<void> {
    await this.#parts.table.remove(id, 'uploading')
    await this.#parts.partial.remove(id)
  }
}

function checkPiece({ file, offset }: Progress, { offset: given, length, isLast }: Piece): void {
  if (file.state !== 'uploading' && length === 0) return // asked again, answered again
  if (file.state !== 'uploading') throw refuse.complete(offset)
  if (given !== offset) throw refuse.wrongOffset(offset, given)
  if (length === undefined) return
  const end = offset + length
  if (end > file.announced || (isLast && end < file.announced)) throw refuse.tooLong(offset, end, file.announced)
}

function checkEnding({ file, offset }: Progress, ending: Ending, isLast: boolean): void {
  if (ending === 'stopped') throw refuse.superseded(offset)
  if (ending === 'cut off') throw refuse.cutOff(offset)
  if (isLast) throw refuse.incomplete(offset, file.announced)
}

const freshId = () => randomBytes(16).toString('hex')

/** A disk that is full is nobody's fault, and may be well again soon. */
async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT') ? refuse.storageFull() : error
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
