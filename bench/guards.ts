/** What a statement and a guard add to a publication, in the store alone: 64 under way at a time, in 100 channels. */
import { join } from 'node:path'
import { of } from '../src/index.ts'
import type { Statement } from '../src/core/store.ts'
import { openSqliteStore, type SqliteStore } from '../src/stores/sqlite.ts'
import { newFolder } from './servers.ts'
import { median, type Row } from './table.ts'

const rounds = 5
const publications = 10_000
const inFlight = 64
const members = 1000
const forever = { size: Infinity, age: Infinity, metaAge: Infinity }

const insert = (user: number): Statement => ({ sql: 'INSERT INTO notes VALUES (?, ?)', params: [of.offset, user] })
const guard = (user: number): Statement => ({
  sql: 'SELECT 1 FROM members WHERE room = ? AND user = ? AND role > 0',
  params: [1, user],
  guard: 'member',
})
const kinds: Readonly<Record<string, (user: number) => Statement[]>> = {
  plain: () => [],
  statement: (user) => [insert(user)],
  guarded: (user) => [guard(user), insert(user)],
}

export async function guards(): Promise<Row[]> {
  const store = await openSqliteStore({ file: join(newFolder(), 'guards.db') })
  await store.write([
    { sql: 'CREATE TABLE notes (at INTEGER, user INTEGER) STRICT' },
    { sql: 'CREATE TABLE members (room INTEGER, user INTEGER, role INTEGER, PRIMARY KEY (room, user)) WITHOUT ROWID' },
    {
      sql: `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${members - 1})
        INSERT INTO members SELECT 1, i, 1 FROM n`,
    },
  ])
  const rates: Record<string, number[]> = {}
  for (let round = -1; round < rounds; round++)
    for (const [kind, statements] of Object.entries(kinds)) {
      const rate = await measure(store, statements)
      if (round >= 0) (rates[kind] ??= []).push(rate) // the first round is for warming up
    }
  await store.close()
  const show = (kind: string) => median(rates[kind] ?? []).toFixed(0)
  return [
    {
      what: 'publishes a second in the store: plain, with a statement, with a guard too; 64 in flight',
      measured: `${show('plain')}, ${show('statement')}, ${show('guarded')} /s`,
    },
  ]
}

async function measure(store: SqliteStore, statements: (user: number) => Statement[]): Promise<number> {
  let next = 0
  const begin = performance.now()
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (next < publications) {
        const at = next++
        await store.append(`room:${at % 100}`, { data: '{"text":"hello"}' }, forever, {
          statements: statements(at % members),
        })
      }
    }),
  )
  return publications / ((performance.now() - begin) / 1000)
}
