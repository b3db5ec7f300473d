/**
 * A backup of a data folder, while a server uses it or not: the database as it
 * is at one moment, the files that it speaks of, and the secrets, so that
 * sessions, tokens and keys stay good.
 *
 * It is put together under another name, flushed to the disk, and renamed: the
 * folder that was asked for is a whole backup or is not there.
 */
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { BackupFiles } from './backup-files.ts'
import { contents, copyDurably, type Manifest, seal, sync, writeManifest } from './backup-manifest.ts'
import { StoreError } from './core/store.ts'
import { copyDatabase } from './stores/sqlite-copy.ts'
import { version } from './version.ts'

/** What was saved. */
export interface Backup {
  readonly folder: string
  /** Of the database. */
  readonly bytes: number
  /** Of applications. */
  readonly files: number
}

/** Where the backup is put together. What is there still when nobody makes one was interrupted, and can be deleted. */
export function draftOf(folder: string): string {
  return `${resolve(folder)}.${crypto.randomUUID().slice(0, 8)}.partial`
}

/** Works until it is done. @throws StoreError, and then there is no backup, and nothing of one */
export function backUp(dataDir: string, folder: string, draft = draftOf(folder)): Backup {
  const target = resolve(folder)
  if (existsSync(target)) throw new StoreError(`${target} is there already; name a folder that is not`, false)
  if (!existsSync(join(dataDir, contents.database)))
    throw new StoreError(`There is no database in ${resolve(dataDir)}; name the data folder with --data`, false)
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    if (`${realpathSync(dirname(target))}${sep}`.startsWith(`${realpathSync(dataDir)}${sep}`))
      throw new StoreError(`${target} is inside of the data folder; name one outside, best on another disk`, false)
    mkdirSync(draft, { mode: 0o700 })
    const { database, files } = fill(draft, dataDir)
    renameSync(draft, target)
    sync(dirname(target))
    return { folder: target, bytes: database.bytes, files: files.length }
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (error instanceof StoreError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new StoreError(`The backup ${basename(target)} could not be made: ${message}`, false, { cause: error })
  }
}

function fill(draft: string, dataDir: string): Manifest {
  const made = new Date().toISOString()
  const files = new BackupFiles(dataDir, draft)
  files.gather()
  const database = join(draft, contents.database)
  copyDatabase(join(dataDir, contents.database), database)
  files.gather()
  files.sync()
  const [secrets, copied] = [join(dataDir, contents.secrets), join(draft, contents.secrets)]
  if (existsSync(secrets)) copyDurably(secrets, copied)
  const manifest: Manifest = {
    posthouse: version,
    made,
    database: seal(database),
    ...(existsSync(copied) && { secrets: seal(copied) }),
    files: files.list(),
  }
  writeManifest(draft, manifest)
  sync(draft)
  return manifest
}
