/** The tables as they are against the tables as the logs make them, row by row; the short numbers of rows aside. */
import type { Inspection, SqlRow } from '../../index.ts'
import { projections } from '../schema.ts'

/** Something in which the tables and the log disagree. */
export interface Difference {
  readonly table: string
  readonly room: string
  /** Where the entry or the message stands that it is about; undefined if it is about the room itself, or somebody in it. */
  readonly offset: number | undefined
  readonly what: 'missing' | 'extra' | 'other'
  readonly columns: readonly string[] // those that read otherwise
  readonly sentence: string
}

export interface Shape {
  readonly table: string
  readonly identity: readonly string[]
  readonly others: readonly string[]
}

/** What a row is known by, where that is not its primary key. */
const identities: Readonly<Record<string, readonly string[]>> = {
  chat_rooms: ['id'],
  chat_messages: ['room', 'offset'],
}

export function shapes(data: Inspection): Shape[] {
  return projections.map((table) => {
    const columns = data.sql(`SELECT name, pk FROM pragma_table_info(?, 'main') ORDER BY pk, cid`, table)
    const identity = identities[table] ?? columns.filter(({ pk }) => Number(pk) > 0).map(({ name }) => String(name))
    const surrogate = table in identities ? ['key'] : []
    const others = columns.map(({ name }) => String(name)).filter((name) => ![...identity, ...surrogate].includes(name))
    return { table, identity, others }
  })
}

export const join = (identity: readonly string[]): string =>
  identity.map((name) => `m."${name}" = t."${name}"`).join(' AND ')

/** At most `limit`. */
export function compareTable(data: Inspection, { table, identity, others }: Shape, limit: number): Difference[] {
  const [first = ''] = identity
  const ids = (alias: string) => identity.map((name) => `${alias}."${name}"`).join(', ')
  const differ = others.map((name) => `m."${name}" IS NOT t."${name}"`)
  const names = others.map((name, at) => `iif(${differ[at] ?? ''}, ' ${name}', '')`).join(' || ') || `''`
  const fromLog = data.sql(
    `SELECT ${ids('t')}, m."${first}" IS NULL AS missing, ${names} AS columns
     FROM temp.${table} t LEFT JOIN main.${table} m ON ${join(identity)}
     WHERE ${[`m."${first}" IS NULL`, ...differ].join(' OR ')} LIMIT ?`,
    limit,
  )
  const fromTables = data.sql(
    `SELECT ${ids('m')} FROM main.${table} m LEFT JOIN temp.${table} t ON ${join(identity)}
     WHERE t."${first}" IS NULL LIMIT ?`,
    limit - fromLog.length,
  )
  return [
    ...fromLog.map((row) =>
      row['missing'] === 1
        ? toDifference(table, row, 'missing')
        : toDifference(table, row, 'other', String(row['columns']).trim().split(' ')),
    ),
    ...fromTables.map((row) => toDifference(table, row, 'extra')),
  ]
}

function toDifference(
  table: string,
  row: SqlRow,
  what: Difference['what'],
  columns: readonly string[] = [],
): Difference {
  const room = String(row['room'] ?? row['id'])
  const offset = row['of'] ?? row['offset']
  const subject = subjects[table]?.(row) ?? `a row of ${table}`
  return {
    table,
    room,
    offset: offset === undefined ? undefined : Number(offset),
    what,
    columns,
    sentence: `Room ${room}: ${subject} ${verdict(what, columns)}.`,
  }
}

function verdict(what: Difference['what'], columns: readonly string[]): string {
  if (what === 'missing') return 'is in the log, and not in the tables'
  if (what === 'extra') return 'is in the tables, and the log says nothing of it'
  return `reads otherwise in the tables than in the log (${columns.join(', ')})`
}

const subjects: Readonly<Record<string, (row: SqlRow) => string>> = {
  chat_rooms: () => 'the room itself',
  chat_members: ({ person }) => `the membership of ${String(person)}`,
  chat_bans: ({ person }) => `the ban of ${String(person)}`,
  chat_mutes: ({ person }) => `the mute of ${String(person)}`,
  chat_messages: ({ offset }) => `message ${String(offset)}`,
  chat_edits: ({ of, offset }) => `the edit at ${String(offset)} of message ${String(of)}`,
  chat_reactions: ({ of, emoji, person }) =>
    `the reaction ${String(emoji)} of ${String(person)} to message ${String(of)}`,
  chat_mentions: ({ person, offset }) => `the mention of ${String(person)} in message ${String(offset)}`,
  chat_file_uses: ({ file, offset }) => `the file ${String(file)} of message ${String(offset)}`,
  chat_notices: ({ offset }) => `the notice at ${String(offset)}`,
}
