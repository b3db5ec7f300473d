/**
 * Brings a backup back into a data folder. The files are copied and looked at
 * beside what is there; only when all is well they take its place, and what was
 * there is set aside, never deleted.
 *
 * Every channel gets a new epoch: offsets that were given after the backup will
 * be given again, and clients who saw the first ones must be told.
 */
import { chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { contents, copyDurably, readManifest, seal, sync, type Manifest, type Sealed } from './backup-manifest.ts'
import { StoreError } from './core/store.ts'
import { isFolderName } from './data-dir.ts'
import { renewEpochs } from './stores/sqlite-epochs.ts'
import { lock, prepare, realFile } from './stores/sqlite-file.ts'
import { renewBookmark } from './transports/mailbox-bookmarks.ts'

export interface Restored {
  readonly made: Date // when the backup was
  readonly channels: number
  readonly files: number
  /** Where lies what was there before; undefined if there was nothing. */
  readonly aside: string | undefined
}

const draftPrefix = 'restoring.'

/** @param force whether what is there may be set aside @throws StoreError; nothing was changed then, unless it says so */
export function restore(folder: string, dataDir: string, force: boolean): Restored {
  const manifest = readManifest(folder)
  return changing(dataDir, (file, dir) => {
    if (!force && existsSync(file))
      throw new StoreError(
        `There is a database in ${dir} already; name another folder with --data, or say --force: ` +
          'then it is set aside, with all that belongs to it',
        false,
      )
    clearDrafts(dir)
    const id = new Date().toISOString().replaceAll(/[:.]/g, '-')
    const draft = join(dir, `${draftPrefix}${id}`)
    try {
      mkdirSync(draft, { mode: 0o700 })
      copyAll(folder, draft, manifest)
      const channels = lookThrough(folder, join(draft, contents.database))
      const aside = setAside(dir, join(dir, `before-restore.${id}`))
      try {
        putInPlace(draft, dir)
      } catch (error) {
        const left = aside === undefined ? '' : `; what was there before is in ${aside}`
        throw new StoreError(`The backup was not brought back as a whole: ${messageOf(error)}${left}`, false, {
          cause: error,
        })
      }
      return { made: new Date(manifest.made), channels, files: manifest.files.length, aside }
    } finally {
      rmSync(draft, { recursive: true, force: true })
    }
  })
}

/** New epochs for all channels of a database that was brought back by other means. @returns how many there are @throws StoreError */
export function renewAll(dataDir: string): number {
  if (!existsSync(join(dataDir, contents.database)))
    throw new StoreError(`There is no database in ${resolve(dataDir)}; name the data folder with --data`, false)
  return changing(dataDir, (file) => {
    prepare(file, Infinity)
    return renewEpochs(file, renewBookmark)
  })
}

/** Does something with a database that no server may be using. */
function changing<T>(dataDir: string, change: (file: string, dir: string) => T): T {
  const dir = resolve(dataDir)
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const file = realFile(join(dir, contents.database))
    const release = lock(file)
    try {
      return change(file, dir)
    } finally {
      release()
      ownLikeFolder(dir, [`${file}.lock`])
    }
  } catch (error) {
    if (error instanceof StoreError) throw error
    throw new StoreError(messageOf(error), false, { cause: error })
  }
}

/** Of a restoring that was interrupted; there is no other, for the lock is held. */
function clearDrafts(dir: string): void {
  for (const name of readdirSync(dir))
    if (name.startsWith(draftPrefix)) rmSync(join(dir, name), { recursive: true, force: true })
}

function copyAll(folder: string, draft: string, { database, secrets, files }: Manifest): void {
  copySealed(folder, draft, contents.database, database)
  if (secrets !== undefined) copySealed(folder, draft, contents.secrets, secrets)
  const folders = new Set<string>()
  for (const { path, bytes } of files) {
    const to = join(draft, path)
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
    folders.add(dirname(to))
    const found = statSync(join(folder, path), { throwIfNoEntry: false })
    if (found?.size !== bytes) throw damaged(folder, `${path} is ${found === undefined ? 'missing' : 'not whole'}`)
    copyDurably(join(folder, path), to)
  }
  for (const each of folders) sync(each)
}

function copySealed(folder: string, draft: string, name: string, expected: Sealed): void {
  if (!existsSync(join(folder, name))) throw damaged(folder, `${name} is missing`)
  copyDurably(join(folder, name), join(draft, name))
  const { bytes, sha256 } = seal(join(draft, name))
  if (bytes !== expected.bytes || sha256 !== expected.sha256)
    throw damaged(folder, `${name} is not what was written, its checksum differs`)
}

const damaged = (folder: string, detail: string): StoreError =>
  new StoreError(`The backup ${folder} is damaged: ${detail}. Nothing was changed; take another backup`, false)

/** @returns how many channels there are */
function lookThrough(folder: string, database: string): number {
  try {
    prepare(database, Infinity)
    return renewEpochs(database, renewBookmark)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const message = error.message.replace(database, 'its database')
    throw new StoreError(`The backup ${folder} cannot be used: ${message}`, false, { cause: error })
  }
}

/** All that belongs to the data that was here. The lock stays, for it is held. */
function setAside(dir: string, aside: string): string | undefined {
  const database = [contents.database, ...['-wal', '-shm', '-journal'].map((suffix) => contents.database + suffix)]
  const own = readdirSync(dir).filter(
    (name) => database.includes(name) || name === contents.secrets || isFolderName(name),
  )
  if (own.length === 0) return undefined
  mkdirSync(aside, { mode: 0o700 })
  for (const name of own) renameSync(join(dir, name), join(aside, name))
  sync(aside)
  ownLikeFolder(dir, [aside])
  return aside
}

/** The database last: until it is there, whoever looks sees that something is missing. */
function putInPlace(draft: string, dir: string): void {
  const names = readdirSync(draft).toSorted((a, b) => Number(a === contents.database) - Number(b === contents.database))
  ownLikeFolder(
    dir,
    readdirSync(draft, { recursive: true, encoding: 'utf8' }).map((name) => join(draft, name)),
  )
  sync(draft)
  for (const name of names) renameSync(join(draft, name), join(dir, name))
  sync(dir)
}

/** Restored by the administrator, it still belongs to the user that the server runs as. */
function ownLikeFolder(dir: string, paths: readonly string[]): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(dir)
  for (const path of paths) chownSync(path, uid, gid)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
