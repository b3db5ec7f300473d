/**
 * Files that are still arriving: each a file of the folder, by the id of its
 * upload, that only grows at its end. How far it has come is its length, so
 * nothing else has to be right after a crash: a file system writes the bytes
 * first and the length after them.
 */
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isCode, writeAll } from './folder-store.ts'

export class PartialFiles {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async open(folder: string): Promise<PartialFiles> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return new PartialFiles(folder)
  }

  async create(id: string): Promise<void> {
    await (await open(this.path(id), 'wx', 0o600)).close()
  }

  /** Its length, or undefined if there is none. */
  async size(id: string): Promise<number | undefined> {
    try {
      return (await stat(this.path(id))).size
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined
      throw error
    }
  }

  /**
   * Appends what comes, as it comes, until `stop`. Whatever the end, what came stays, and is on the disk.
   * @param limit bytes that there may be in all; what is too much is not written
   */
  async append(id: string, content: ReadableStream<Uint8Array>, limit: number, stop: AbortSignal): Promise<Ending> {
    const file = await open(this.path(id), 'a')
    const reader = content.getReader()
    const cancel = (): void => void reader.cancel().catch(() => undefined) // it may be at its end already
    stop.addEventListener('abort', cancel)
    try {
      return await pour(reader, file, limit, stop)
    } finally {
      stop.removeEventListener('abort', cancel)
      cancel()
      await file.datasync().finally(() => file.close())
    }
  }

  async remove(id: string): Promise<void> {
    await rm(this.path(id), { force: true })
  }

  /** All of them, and when something came to them last, in milliseconds since 1970. */
  async list(): Promise<readonly { readonly id: string; readonly time: number }[]> {
    const ids = await readdir(this.#folder)
    const times = await Promise.all(ids.map((id) => stat(this.path(id)).catch(() => undefined))) // it may be gone again
    return ids.flatMap((id, at) => ({ id, time: times[at]?.mtimeMs ?? Infinity }))
  }

  /** @param id one that we gave */
  path(id: string): string {
    return join(this.#folder, id)
  }
}

/** How the content ended: by itself, by ours, because its sender is gone, or because it was longer than it may be. */
export type Ending = 'whole' | 'stopped' | 'cut off' | 'too long'

async function pour(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  file: FileHandle,
  limit: number,
  stop: AbortSignal,
): Promise<Ending> {
  let { size } = await file.stat()
  for (;;) {
    if (stop.aborted) return 'stopped'
    const next = await reader.read().catch(() => undefined)
    if (stop.aborted) return 'stopped'
    if (next === undefined) return 'cut off'
    if (next.done) return 'whole'
    size += next.value.length
    if (size > limit) return 'too long'
    await writeAll(file, next.value)
  }
}
