/**
 * The search index as it is against the one that the logs make. It keeps no
 * texts, only which word stands where; so for each word the places are added up
 * on both sides, and looked at one by one where the sums differ.
 */
import type { Inspection, SqlRow } from '../../index.ts'
import type { Difference } from './compare.ts'

/** Notes the rows that differ, in a table for the repair; tells of `limit` at most. */
export function compareSearch(data: Inspection, limit: number): { differences: Difference[]; count: number } {
  data.sql(`CREATE VIRTUAL TABLE temp.check_now USING fts5vocab (main, chat_search, instance)`)
  data.sql(`CREATE VIRTUAL TABLE temp.check_then USING fts5vocab (temp, chat_search, instance)`)
  data.sql('CREATE TABLE temp.check_docs (doc INTEGER PRIMARY KEY) STRICT')
  for (const term of differing(sums(data, 'check_now'), sums(data, 'check_then')))
    for (const [one, other] of [
      ['check_now', 'check_then'],
      ['check_then', 'check_now'],
    ])
      data.sql(
        `INSERT OR IGNORE INTO check_docs SELECT doc FROM (SELECT doc, col, "offset" FROM ${one} WHERE term = ?1
           EXCEPT SELECT doc, col, "offset" FROM ${other} WHERE term = ?1)`,
        term,
      )
  data.sql(
    `CREATE TABLE temp.check_places (room TEXT NOT NULL, offset INTEGER NOT NULL, PRIMARY KEY (room, offset)) WITHOUT ROWID`,
  )
  for (const side of ['main', 'temp'])
    data.sql(
      `INSERT OR IGNORE INTO check_places SELECT m.room, m.offset FROM check_docs d JOIN ${side}.chat_messages m ON m.key = d.doc`,
    )
  const [{ count = 0 } = {}] = data.sql('SELECT count(*) AS count FROM check_docs')
  const places = data.sql('SELECT room, offset FROM check_places LIMIT ?', limit)
  const lost = data.sql(
    `SELECT doc FROM check_docs d WHERE NOT EXISTS (SELECT 1 FROM main.chat_messages WHERE key = d.doc)
       AND NOT EXISTS (SELECT 1 FROM temp.chat_messages WHERE key = d.doc) LIMIT ?`,
    limit - places.length,
  )
  return { differences: [...places.map(ofPlace), ...lost.map(ofNothing)], count: Number(count) }
}

/** Words in their order, with a number that the places make together. */
function sums(data: Inspection, words: string): Iterable<SqlRow> {
  const place = `((doc * 2654435761 + "offset" * 40503 + (col = 'body') * 7919) & 0x7fffffff)`
  return data.each(
    `SELECT term, count(*) || ' ' || sum(${place} * (1 + (${place} & 0xff))) AS sum FROM ${words} GROUP BY term`,
  )
}

/** Those that only one side has, or that have another sum. */
function* differing(now: Iterable<SqlRow>, then: Iterable<SqlRow>): Generator<string> {
  const [left, right] = [now[Symbol.iterator](), then[Symbol.iterator]()]
  let [one, other] = [left.next(), right.next()]
  while (one.done !== true || other.done !== true) {
    const order = one.done === true ? 1 : other.done === true ? -1 : compare(one.value['term'], other.value['term'])
    const row = order <= 0 ? one.value : other.value
    if (order !== 0 || one.value?.['sum'] !== other.value?.['sum']) yield String(row?.['term'])
    if (order <= 0) one = left.next()
    if (order >= 0) other = right.next()
  }
}

/** In the order of the index, which is that of the bytes. */
const compare = (one: unknown, other: unknown): number =>
  Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)))

const sentence = 'is found by other words than it says'

const ofPlace = (row: SqlRow): Difference => ({
  table: 'chat_search',
  room: String(row['room']),
  offset: Number(row['offset']),
  what: 'other',
  columns: [],
  sentence: `Room ${String(row['room'])}: message ${String(row['offset'])} ${sentence}.`,
})

const ofNothing = ({ doc }: SqlRow): Difference => ({
  table: 'chat_search',
  room: '',
  offset: undefined,
  what: 'extra',
  columns: [],
  sentence: `The search index has row ${String(doc)}, which is no message.`,
})
