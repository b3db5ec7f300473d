/**
 * Recovery where only the latest publication matters (`force_recovery_mode:
 * cache`; protocol section 8.4): a channel as a value that changes. Whoever
 * comes back is handed the value, unless it has it.
 */
import type { Cursor, Recovery } from './cursor.ts'
import type { Log } from './log.ts'
import type { Position } from './publication.ts'

/** Begins at the end of the log, as `cursor.recover` does. @throws StoreError */
export async function recoverLatest(cursor: Cursor, log: Log, since: Position, limit: number): Promise<Recovery> {
  const { top } = await log.read({ limit: 0 })
  const recovery = await cursor.recover({ epoch: top.epoch, offset: Math.max(0, top.offset - 1) }, limit)
  const { epoch, offset } = cursor.position
  if (since.offset > 0 && since.offset === offset && since.epoch === epoch) return { recovered: true, publications: [] }
  if (!recovery.recovered) return recovery
  const latest = recovery.publications.at(-1)
  return latest === undefined ? { recovered: false, because: 'trimmed' } : { recovered: true, publications: [latest] }
}
