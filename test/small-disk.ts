/** A disk that is soon full. */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './stores-support.ts'

/** A file system of 4 MB in memory, if this user may mount one. */
export function mountSmallDisk(): { readonly path: string; [Symbol.dispose](): void } | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const folder = temporaryFolder()
  const path = join(folder.path, 'disk')
  mkdirSync(path)
  const unmount = () => spawnSync('umount', ['-l', path])
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', path]).status === 0
  if (!isMounted) folder[Symbol.dispose]()
  return isMounted ? { path, [Symbol.dispose]: () => (unmount(), folder[Symbol.dispose]()) } : undefined
}

export function mayMount(): boolean {
  using disk = mountSmallDisk()
  return disk !== undefined
}
