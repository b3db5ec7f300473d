/**
 * Erases what nobody needs: uploads that were given up, files that were never
 * sent, files whose messages are all gone. It goes in pages and remembers where
 * it stopped, so that a round over a million files is many small ones.
 *
 * Erased is not yet gone. A file that is in no message any more is out of
 * everybody's reach at once, but its bytes stay for a while: somebody may be
 * putting it into a message in this very moment, and a backup that has copied
 * the table copies the bytes after it.
 */
import type { BlobStore } from './blob-store.ts'
import type { FileRow, FileTable, State } from './file-table.ts'
import type { FileLimits } from './limits.ts'
import type { PartialFiles } from './partial-files.ts'
import type { Uploads } from './uploads.ts'

interface Parts {
  readonly table: FileTable
  readonly store: BlobStore
  readonly partial: PartialFiles
  readonly uploads: Uploads
  readonly limits: FileLimits
  readonly now: () => number
}

const pageSize = 200

export class Sweep {
  readonly #parts: Parts
  readonly #places = new Map<string, string>() // where each kind of work stopped

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** One page of each kind. Answers whether all of them came to their end, so that it may rest. */
  async step(): Promise<boolean> {
    const { abandonedAfter, unsentAfter, grace } = this.#parts.limits
    const now = this.#parts.now()
    const ends = [
      await this.#files('uploading', now - abandonedAfter, (files) => this.#abandon(files)),
      await this.#files('ready', now - unsentAfter, (files) => this.#release(files)),
      await this.#files('used', now, (files) => this.#release(files)),
      await this.#files('erased', now - grace, (files) => this.#forget(files)),
      await this.#strayBlobs(now - grace),
    ]
    await this.#strayUploads()
    return ends.every(Boolean)
  }

  /** Erases those of them that nobody has in use any more. */
  async #release(files: readonly FileRow[]): Promise<void> {
    const ids = files.map(({ id }) => id)
    const { table } = this.#parts
    const used = table.inUse(ids)
    const unused = ids.filter((id) => !used.has(id))
    await table.erase(unused)
    await table.restore(table.inUse(unused)) // it was sent on while it was erased
  }

  async #files(state: State, before: number, work: (files: readonly FileRow[]) => Promise<void>): Promise<boolean> {
    const files = this.#parts.table.page(state, before, this.#places.get(state) ?? '', pageSize)
    if (files.length > 0) await work(files)
    return this.#remember(state, files)
  }

  async #abandon(files: readonly FileRow[]): Promise<void> {
    for (const { id } of files) await this.#parts.uploads.abandon(id)
  }

  /** The bytes first: who dies in between comes back to it. */
  async #forget(files: readonly FileRow[]): Promise<void> {
    const { store, table } = this.#parts
    for (const { id, blob, thumbnail } of files) {
      for (const each of [blob, thumbnail]) if (each !== null) await store.remove(each)
      await table.remove(id, 'erased')
    }
  }

  /** Bytes whose file was never written down, because the server ended in between. */
  async #strayBlobs(before: number): Promise<boolean> {
    const { store, table } = this.#parts
    const blobs = await store.list(this.#places.get('blobs') ?? '', pageSize)
    for (const { id, time } of blobs) if (time <= before && !table.hasBlob(id)) await store.remove(id)
    return this.#remember('blobs', blobs)
  }

  /** The same of uploads. A file is made just before its row is. */
  async #strayUploads(): Promise<void> {
    const { partial, table, limits, now } = this.#parts
    for (const { id, time } of await partial.list()) {
      if (time <= now() - limits.grace && table.find(id)?.state !== 'uploading') await partial.remove(id)
    }
  }

  #remember(kind: string, page: readonly { readonly id: string }[]): boolean {
    const isEnd = page.length < pageSize
    this.#places.set(kind, isEnd ? '' : (page.at(-1)?.id ?? ''))
    return isEnd
  }
}
