/**
 * The files of the chat: what people attach to messages, put together from the
 * parts beside this one.
 */
import { join } from 'node:path'
import type { Attachment } from '../events.ts'
import type { BlobStore } from './blob-store.ts'
import { describe } from './description.ts'
import { fileDoor, type MayRead, thumbnailDoor } from './file-door.ts'
import { fileName } from './file-name.ts'
import { type Database, FileTable } from './file-table.ts'
import { openFolderStore } from './folder-store.ts'
import { defaultLimits, type FileLimits } from './limits.ts'
import { PartialFiles } from './partial-files.ts'
import { Sweep } from './sweep.ts'
import { beginDoor, uploadDoor } from './upload-door.ts'
import { Uploads } from './uploads.ts'
import type { FileHandler } from './visit.ts'

export interface FilesOptions {
  /** Of ours alone, for bytes. */
  readonly folder: string
  /** With the tables of the chat. */
  readonly database: Database
  readonly mayRead: MayRead
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
  readonly #uploads: Uploads
  readonly #sweep: Sweep

  static async open(options: FilesOptions): Promise<Files> {
    const { folder, store } = options
    const partial = await PartialFiles.open(join(folder, 'incoming'))
    return new Files(options, partial, store ?? (await openFolderStore(folder)))
  }

  private constructor(options: FilesOptions, partial: PartialFiles, store: BlobStore) {
    const { database, mayRead, report, now = Date.now } = options
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
    this.#uploads = uploads
    this.#sweep = new Sweep({ table, store, partial, uploads, limits, now })
  }

  /** A file of the server's own, such as the picture of a page that a message links to. In nobody's reach until it is in use. */
  async keep(name: string, type: string, content: Uint8Array): Promise<Attachment> {
    return describe(await this.#uploads.keep(fileName(name), type, content))
  }

  /** A little of the clearing up; call it now and then. Answers whether it is through for this time. */
  sweep(): Promise<boolean> {
    return this.#sweep.step()
  }
}
