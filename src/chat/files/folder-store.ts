/**
 * Blobs as files of a folder: `ab/cdef…` for the id `abcdef…`, readable by
 * this user of the system only.
 *
 * Written under another name, flushed, then renamed: a name that exists stands
 * for a whole file. Paths are made of ids only, and an id is 32 hex digits
 * before a path is made of it, so that nothing from outside ever is a path.
 */
import { randomBytes } from 'node:crypto'
import { chmod, type FileHandle, mkdir, open, readdir, rename, rm, stat, unlink, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { BlobStore, StoredBlob } from './blob-store.ts'

/** Makes the folder if need be, and clears what a process that was killed left half written. */
export async function openFolderStore(folder: string): Promise<BlobStore> {
  const unfinished = join(folder, 'unfinished')
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true, mode: 0o700 })
  return new FolderStore(folder, unfinished)
}

class FolderStore implements BlobStore {
  readonly #folder: string
  readonly #unfinished: string

  constructor(folder: string, unfinished: string) {
    this.#folder = folder
    this.#unfinished = unfinished
  }

  async put(content: AsyncIterable<Uint8Array>): Promise<string> {
    const id = freshId()
    const path = join(this.#unfinished, id)
    try {
      await write(path, content)
      await this.#place(path, id)
      return id
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
  }

  async adopt(path: string): Promise<string> {
    const id = freshId()
    try {
      await makeOurs(path)
      await this.#place(path, id)
      return id
    } catch (error) {
      if (!isCode(error, 'EXDEV')) throw error // a rename does not lead from one disk to another
      const copy = await this.put(Bun.file(path).stream())
      await unlink(path)
      return copy
    }
  }

  async get(id: string): Promise<Blob | undefined> {
    if (!isId(id)) return undefined
    const path = this.#path(id)
    try {
      const { size } = await stat(path)
      return Bun.file(path).slice(0, size)
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined
      throw error
    }
  }

  async remove(id: string): Promise<void> {
    if (isId(id)) await rm(this.#path(id), { force: true })
  }

  async list(after: string, limit: number): Promise<readonly StoredBlob[]> {
    const found: StoredBlob[] = []
    for (const shelf of await this.#shelves(after.slice(0, 2))) {
      const names = await readdir(join(this.#folder, shelf))
      const ids = names.map((name) => shelf + name).filter((id) => isId(id) && id > after)
      for (const id of ids.toSorted()) {
        if (found.length >= limit) return found
        found.push(...(await this.#look(id)))
      }
    }
    return found
  }

  async #place(path: string, id: string): Promise<void> {
    const place = this.#path(id)
    const shelf = dirname(place)
    if ((await mkdir(shelf, { recursive: true, mode: 0o700 })) !== undefined) await flush(this.#folder)
    await rename(path, place)
    await flush(shelf) // else a power cut may take the name away again
  }

  /** The folders that hold blobs, beginning with that of the ids that begin so. */
  async #shelves(from: string): Promise<readonly string[]> {
    const names = await readdir(this.#folder)
    return names.filter((name) => /^[0-9a-f]{2}$/.test(name) && name >= from).toSorted()
  }

  async #look(id: string): Promise<readonly StoredBlob[]> {
    try {
      const { mtimeMs } = await stat(this.#path(id))
      return [{ id, time: mtimeMs }]
    } catch (error) {
      if (isCode(error, 'ENOENT')) return [] // removed meanwhile
      throw error
    }
  }

  #path(id: string): string {
    return join(this.#folder, id.slice(0, 2), id.slice(2))
  }
}

async function write(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o400) // never written to again, so that a backup may link it
  try {
    for await (const chunk of content) await writeAll(file, chunk)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A disk that is nearly full takes the beginning of what it is given, and says so only by the number. */
export async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    const { bytesWritten } = await file.write(chunk, written)
    written += bytesWritten
  }
}

/** It may have lain there for long, but is ours only now. */
async function makeOurs(path: string): Promise<void> {
  await chmod(path, 0o400)
  await utimes(path, new Date(), new Date())
  await flush(path)
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

const freshId = () => randomBytes(16).toString('hex')
const isId = (id: string) => /^[0-9a-f]{32}$/.test(id)
