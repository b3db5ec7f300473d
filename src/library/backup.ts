/** A backup while the server goes on: in a thread of its own, so that nobody waits for it. */
import { rmSync } from 'node:fs'
import { type Backup, draftOf } from '../backup.ts'
import type { FromBackup } from '../backup-thread.ts'
import { StoreError } from '../core/store.ts'

/** @throws StoreError, and then there is no backup */
export function backUpInThread(dataDir: string, folder: string, leaving: AbortSignal): Promise<Backup> {
  return new Promise((resolve, reject) => {
    if (leaving.aborted) return reject(new StoreError('The server is closed', false))
    const draft = draftOf(folder)
    const worker = new Worker(new URL('../backup-thread.ts', import.meta.url).href)
    const end = (settle: () => void) => {
      leaving.removeEventListener('abort', leave)
      worker.terminate()
      settle()
    }
    const fail = (message: string) => end(() => reject(new StoreError(message, false)))
    const leave = () => {
      worker.addEventListener('close', () => rmSync(draft, { recursive: true, force: true }))
      fail('The server was closed before the backup was complete; there is none')
    }
    leaving.addEventListener('abort', leave)
    worker.addEventListener('message', ({ data }: MessageEvent<FromBackup>) =>
      'backup' in data ? end(() => resolve(data.backup)) : fail(data.refused),
    )
    worker.addEventListener('error', ({ message }) => fail(`The backup failed: ${message}`))
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
    worker.postMessage({ dataDir, folder, draft })
  })
}
