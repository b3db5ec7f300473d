/** Brings the chat's tables to the version of this program. */
import type { Posthouse } from '../index.ts'
import { number } from './rows.ts'
import { migrations } from './schema.ts'

/** Each step is one transaction: a database is of one version or the next. @throws StoreError */
export async function migrate(server: Posthouse): Promise<void> {
  await server.write({ sql: 'CREATE TABLE IF NOT EXISTS chat_meta (version INTEGER NOT NULL) STRICT' })
  const [row] = server.sql('SELECT coalesce(max(version), 0) AS version FROM chat_meta')
  const version = row === undefined ? 0 : number(row, 'version')
  if (version > migrations.length)
    throw new Error(
      `the chat's tables are of version ${version}, and this program knows ${migrations.length}: use a newer one`,
    )
  for (const [at, step] of migrations.entries())
    if (at >= version)
      await server.write(...step.map((sql) => ({ sql })), { sql: 'INSERT INTO chat_meta VALUES (?)', params: [at + 1] })
}
