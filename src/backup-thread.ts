/** The thread in which a running server makes a backup. */
import { type Backup, backUp } from './backup.ts'

declare const self: Worker

export interface ToBackup {
  readonly dataDir: string
  readonly folder: string
  readonly draft: string
}

export type FromBackup = { readonly backup: Backup } | { readonly refused: string }

self.addEventListener('message', ({ data: { dataDir, folder, draft } }: MessageEvent<ToBackup>) => {
  let answer: FromBackup
  try {
    answer = { backup: backUp(dataDir, folder, draft) }
  } catch (error) {
    answer = { refused: error instanceof Error ? error.message : String(error) }
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  self.postMessage(answer)
})
