/**
 * What a backup says of itself, in `backup.json`. It is written last: a folder
 * without one is no backup, whatever else is in it.
 */
import { closeSync, constants, copyFileSync, fsyncSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { StoreError } from './core/store.ts'
import { databaseName, isFolderName, secretsName } from './data-dir.ts'

const name = 'backup.json'
const format = 1

const sealed = z.object({ bytes: z.int(), sha256: z.string() })
/** In a folder of an application, by parts that lead nowhere else. */
const filePath = z.string().refine((text) => {
  const [folder = '', ...parts] = text.split('/')
  return isFolderName(folder) && parts.length > 0 && parts.every((part) => !['', '.', '..'].includes(part))
})
const schema = z.object({
  posthouse: z.string(), // the version that made it
  made: z.iso.datetime(),
  database: sealed,
  secrets: sealed.optional(), // absent where the configuration has them
  files: z.array(z.object({ path: filePath, bytes: z.int() })),
})

export type Manifest = z.infer<typeof schema>
export type Sealed = z.infer<typeof sealed>
export const contents = { database: databaseName, secrets: secretsName } as const

export function writeManifest(folder: string, manifest: Manifest): void {
  const file = join(folder, name)
  writeFileSync(file, `${JSON.stringify({ format, ...manifest }, null, 1)}\n`, { mode: 0o600 })
  sync(file)
}

/** @throws StoreError */
export function readManifest(folder: string): Manifest {
  let text: string
  try {
    text = readFileSync(join(folder, name), 'utf8')
  } catch (error) {
    throw new StoreError(`${folder} is no backup that is complete: it has no ${name} that can be read`, false, {
      cause: error,
    })
  }
  try {
    const value: unknown = JSON.parse(text)
    const { format: theirs } = z.object({ format: z.int() }).parse(value)
    if (theirs > format)
      throw new StoreError(`${folder} was made by a newer Posthouse; restore it with that one`, false)
    return schema.parse(value)
  } catch (error) {
    if (error instanceof StoreError) throw error
    throw new StoreError(`The backup ${folder} is damaged: its ${name} is not what was written`, false, {
      cause: error,
    })
  }
}

/** Reads it all, some hundred megabytes a second. */
export function seal(file: string): Sealed {
  const hash = new Bun.CryptoHasher('sha256')
  const buffer = new Uint8Array(2 ** 20)
  const open = openSync(file, 'r')
  let bytes = 0
  try {
    for (let read = readSync(open, buffer); read > 0; read = readSync(open, buffer)) {
      hash.update(buffer.subarray(0, read))
      bytes += read
    }
  } finally {
    closeSync(open)
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** A copy that is on the disk when this returns; where the file system can, it shares the space of the first. */
export function copyDurably(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  sync(to)
}

/** Of a folder: the names in it. */
export function sync(path: string): void {
  const open = openSync(path, 'r')
  try {
    fsyncSync(open)
  } finally {
    closeSync(open)
  }
}
