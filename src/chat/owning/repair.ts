/** Makes the tables what the logs say: what differs is written, what the log does not say is deleted. */
import type { Inspection } from '../../index.ts'
import { reindex } from '../projection.ts'
import { join, type Shape } from './compare.ts'
import { run } from './replay.ts'
import { dropScratch } from './scratch.ts'

/** After it, the names of the tables mean the real ones again. */
export function repair(data: Inspection, tables: readonly Shape[]): void {
  for (const shape of tables) repairTable(data, shape)
  data.sql('DELETE FROM main.chat_search WHERE rowid IN (SELECT doc FROM check_docs)')
  for (const words of ['check_now', 'check_then']) data.sql(`DROP TABLE temp.${words}`)
  dropScratch(data)
  repairSearch(data)
}

function repairTable(data: Inspection, { table, identity, others }: Shape): void {
  data.sql(`DELETE FROM main.${table} AS m WHERE NOT EXISTS (SELECT 1 FROM temp.${table} t WHERE ${join(identity)})`)
  const columns = [...identity, ...others].map((name) => `"${name}"`).join(', ')
  const same = [join(identity), ...others.map((name) => `m."${name}" IS t."${name}"`)].join(' AND ')
  const update = others.map((name) => `"${name}" = excluded."${name}"`).join(', ')
  data.sql(
    `INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM temp.${table} t
     WHERE NOT EXISTS (SELECT 1 FROM main.${table} m WHERE ${same})
     ON CONFLICT (${identity.map((name) => `"${name}"`).join(', ')}) DO ${update === '' ? 'NOTHING' : `UPDATE SET ${update}`}`,
  )
}

const step = 500

function repairSearch(data: Inspection): void {
  let room = ''
  for (let offset = 0; ;) {
    const messages = data.sql(
      `SELECT p.room, p.offset, m.text, m.removed FROM check_places p
       LEFT JOIN chat_messages m ON m.room = p.room AND m.offset = p.offset
       WHERE (p.room, p.offset) > (?, ?) ORDER BY p.room, p.offset LIMIT ?`,
      room,
      offset,
      step,
    )
    for (const row of messages) {
      room = String(row['room'])
      offset = Number(row['offset'])
      const isThere = typeof row['text'] === 'string' && row['removed'] === null
      run(data, reindex(room, offset, isThere ? String(row['text']) : undefined))
    }
    if (messages.length < step) return
  }
}
