/**
 * The files of the chat: what people attach to messages, put together from the
 * parts beside this one. It knows nothing of rooms and messages; who may read,
 * and what is still referred to, it asks.
 */
import { join } from 'node:path'
import type { Statement } from '../../index.ts'
import type { BlobStore } from './blob-store.ts'
import { describe, type FileDescription } from './description.ts'
import { fileDoor, isFor, type MayRead, thumbnailDoor } from './file-door.ts'
import { refuse } from './file-error.ts'
import { type Database, FileTable } from './file-table.ts'
import { openFolderStore } from './folder-store.ts'
import { defaultLimits, type FileLimits } from './limits.ts'
import { PartialFiles } from './partial-files.ts'
import { type Referenced, Sweep } from './sweep.ts'
import { beginDoor, uploadDoor } from './upload-door.ts'
import { Uploads } from './uploads.ts'
import type { FileHandler } from './visit.ts'

export interface FilesOptions {
  /** Of ours alone, for bytes. */
  readonly folder: string
  /** Where the statements of `schema` have been run. */
  readonly database: Database
  readonly mayRead: MayRead
  readonly referenced: Referenced
  readonly limits?: Partial<FileLimits>
  /** Told what is our fault and nobody's else. */
  readonly report: (error: unknown) => void
  readonly now?: () => number
  /** Else the folder. */
  readonly store?: BlobStore
}

/** Where its handlers are to be put; `limits.fileBytes` is the largest body of the first two. */
export const paths = {
  begin: '/api/chat/files',
  upload: '/api/chat/files/:id',
  file: '/files/:id',
  thumbnail: '/files/:id/thumbnail',
} as const

export class Files {
  readonly handlers: Readonly<Record<keyof typeof paths, FileHandler>>
  readonly limits: FileLimits
  readonly #table: FileTable
  readonly #mayRead: MayRead
  readonly #sweep: Sweep

  static async open(options: FilesOptions): Promise<Files> {
    const { folder, store } = options
    const partial = await PartialFiles.open(join(folder, 'incoming'))
    return new Files(options, partial, store ?? (await openFolderStore(folder)))
  }

  private constructor(options: FilesOptions, partial: PartialFiles, store: BlobStore) {
    const { database, mayRead, referenced, report, now = Date.now } = options
    const limits = { ...defaultLimits, ...options.limits }
    const table = new FileTable(database, now)
    const uploads = new Uploads({ table, partial, store, limits, report })
    const reading = { table, store, mayRead, report }
    this.limits = limits
    this.handlers = {
      begin: beginDoor(uploads, limits),
      upload: uploadDoor(uploads, limits),
      file: fileDoor(reading),
      thumbnail: thumbnailDoor(reading),
    }
    this.#table = table
    this.#mayRead = mayRead
    this.#sweep = new Sweep({ table, store, partial, uploads, limits, referenced, now })
  }

  /**
   * For a message that somebody sends: what it says of its files, and the statements that are to go along with it.
   * The files are their own, not sent yet, or such as they may read and pass on.
   * @throws FileError 404
   */
  async attach(user: string, ids: readonly string[]): Promise<Attached> {
    const files = ids.map((id) => this.#table.find(id))
    const found = await Promise.all(
      files.map(async (file) => {
        if (file === undefined || !(await isFor(user, file, this.#mayRead))) throw refuse.notFound()
        return file
      }),
    )
    return { files: found.map(describe), statements: found.map(({ id }) => this.#table.sent(id)) }
  }

  /** Call it where files lose a message: those that are in no other are out of reach at once. */
  release(ids: readonly string[]): Promise<void> {
    return this.#sweep.release(ids)
  }

  /** A little of the clearing up; call it now and then. Answers whether it is through for this time. */
  sweep(): Promise<boolean> {
    return this.#sweep.step()
  }
}

export interface Attached {
  readonly files: readonly FileDescription[]
  readonly statements: readonly Statement[]
}
