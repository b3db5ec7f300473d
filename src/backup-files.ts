/**
 * The files of applications, gathered for a backup: twice, before the database
 * is copied and after. So whatever the copy of the database speaks of is there,
 * also what was uploaded, or deleted, in between; what is there beyond that
 * costs its space and nothing else.
 *
 * A file that nobody may write to is finished: on the same disk it is linked,
 * which takes neither time nor space. All others are copied.
 */
import { linkSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { copyDurably, sync } from './backup-manifest.ts'
import { isFolderName } from './data-dir.ts'

export class BackupFiles {
  readonly #from: string
  readonly #to: string
  readonly #folders = new Set<string>()
  readonly #files = new Map<string, { readonly bytes: number; readonly changed: number }>() // by path
  #links = true // until the file system says that it cannot

  constructor(dataDir: string, to: string) {
    this.#from = dataDir
    this.#to = to
  }

  gather(): void {
    for (const name of this.#names('')) if (isFolderName(name)) this.#gather(name)
  }

  /** Puts the names of the files on the disk, too. */
  sync(): void {
    for (const folder of this.#folders) sync(join(this.#to, folder))
  }

  list(): { path: string; bytes: number }[] {
    return [...this.#files].map(([path, { bytes }]) => ({ path, bytes }))
  }

  #gather(path: string): void {
    const found = lstatSync(join(this.#from, path), { throwIfNoEntry: false })
    if (found?.isDirectory() === true) {
      if (!this.#folders.has(path)) mkdirSync(join(this.#to, path), { mode: 0o700 })
      this.#folders.add(path)
      for (const name of this.#names(path)) this.#gather(`${path}/${name}`)
    } else if (found?.isFile() === true && path.includes('/')) {
      const known = this.#files.get(path)
      if (known?.bytes === found.size && known.changed === found.mtimeMs) return
      if (known !== undefined) rmSync(join(this.#to, path))
      this.#files.delete(path)
      this.#take(path, (found.mode & 0o222) === 0, found.mtimeMs)
    }
  }

  #take(path: string, isFinished: boolean, changed: number): void {
    const [from, to] = [join(this.#from, path), join(this.#to, path)]
    try {
      if (!(isFinished && this.#links && this.#link(from, to))) copyDurably(from, to)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return rmSync(to, { force: true }) // it was deleted in this moment
      throw error
    }
    this.#files.set(path, { bytes: lstatSync(to).size, changed })
  }

  #link(from: string, to: string): boolean {
    try {
      linkSync(from, to)
      return true
    } catch (error) {
      if (codeOf(error) === 'ENOENT') throw error
      this.#links = codeOf(error) === 'EMLINK' // of this one file there are too many
      return false
    }
  }

  #names(folder: string): string[] {
    try {
      return readdirSync(join(this.#from, folder))
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return []
      throw error
    }
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)
