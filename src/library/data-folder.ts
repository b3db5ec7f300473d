import { chmodSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isFolderName } from '../data-dir.ts'

/** A folder of an application's own inside of the data folder, which only the server's user may look into. @throws TypeError, Error */
export function dataFolder(dir: string, name: string): string {
  if (!isFolderName(name))
    throw new TypeError(
      `${JSON.stringify(name)} is no name of a data folder; use up to 64 letters, digits, "-" and "_"`,
    )
  const path = resolve(join(dir, name))
  if (mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(path, 0o700) // whatever the umask
  return path
}
