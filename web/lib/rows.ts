/**
 * What stands in the list of a room, from top to bottom: messages in groups, a
 * line where a day begins, one where reading stopped, and what else happened
 * gathered into one line. A row's key stays the same as long as it lives, also
 * when a message on its way out becomes one of the log: so nothing is drawn
 * anew that only moved.
 */
import type { PendingMessage } from './room-model.ts'
import type { Happening, Message, Room } from './views.ts'

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly time: number }
  | { readonly kind: 'unread'; readonly key: string }
  | { readonly kind: 'happenings'; readonly key: string; readonly happenings: readonly Happening[] }
  | { readonly kind: 'message'; readonly key: string; readonly message: Message; readonly place: GroupPlace }
  | { readonly kind: 'pending'; readonly key: string; readonly pending: PendingMessage; readonly place: GroupPlace }

/** Of the messages that one person sent in a row. */
export interface GroupPlace {
  readonly first: boolean
  readonly last: boolean
}

export interface RowsOf {
  readonly messages: readonly Message[] // by offset
  readonly happenings: readonly Happening[] // by offset
  readonly pending: readonly PendingMessage[]
  readonly me: string
  /** The divider stands before the first message of others behind this offset; undefined: nowhere. */
  readonly readUpTo: number | undefined
}

/** That two people began to talk is nothing to be told to either. */
export function told(happenings: readonly Happening[], { kind }: Pick<Room, 'kind'>): readonly Happening[] {
  return kind === 'direct' ? happenings.filter((each) => each.type !== 'room') : happenings
}

const groupTime = 5 * 60 * 1000

export function rowsOf({ messages, happenings, pending, me, readUpTo }: RowsOf): Row[] {
  const logged = new Set(messages.map((message) => keyOf(message.from, message.id)))
  const waiting = pending.filter(({ id }) => !logged.has(keyOf(me, id)))
  const rows: Loose[] = []
  let day: Day | undefined
  let divided = readUpTo === undefined
  for (const entry of merged(messages, happenings)) {
    beginDay(entry.time)
    if (!divided && entry.offset > (readUpTo ?? 0) && 'from' in entry && entry.from !== me) {
      rows.push({ kind: 'unread', key: 'unread' })
      divided = true
    }
    if ('from' in entry) rows.push({ kind: 'message', key: keyOf(entry.from, entry.id), message: entry })
    else gather(rows, entry)
  }
  for (const each of waiting) {
    beginDay(each.time)
    rows.push({ kind: 'pending', key: keyOf(me, each.id), pending: each })
  }
  return rows.map((row, index) => placed(row, rows[index - 1], rows[index + 1], me))

  function beginDay(time: number): void {
    if (day !== undefined && time >= day.begin && time < day.end) return
    const next = dayOf(time)
    if (next.name !== day?.name) rows.push({ kind: 'day', key: `day ${next.name}`, time })
    day = next
  }
}

interface Day {
  readonly name: string
  readonly begin: number
  readonly end: number
}

/** By the reader's clock; a day may have 23 hours, or 25. */
function dayOf(time: number): Day {
  const date = new Date(time)
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()]
  return {
    name: date.toDateString(),
    begin: Number(new Date(year, month, day)),
    end: Number(new Date(year, month, day + 1)),
  }
}

type Loose = Row extends infer R ? (R extends { place: GroupPlace } ? Omit<R, 'place'> : R) : never

/** A sender makes ids, so two senders may make the same. */
const keyOf = (from: string, id: string): string => `${from}/${id}`

function* merged(messages: readonly Message[], happenings: readonly Happening[]): Generator<Message | Happening> {
  let next = 0
  for (const message of messages) {
    for (let at = happenings[next]; at !== undefined && at.offset < message.offset; at = happenings[++next]) yield at
    yield message
  }
  yield* happenings.slice(next)
}

function gather(rows: Loose[], happening: Happening): void {
  const last = rows.at(-1)
  if (last?.kind === 'happenings') rows[rows.length - 1] = { ...last, happenings: [...last.happenings, happening] }
  else rows.push({ kind: 'happenings', key: `happenings ${happening.offset}`, happenings: [happening] })
}

function placed(row: Loose, before: Loose | undefined, after: Loose | undefined, me: string): Row {
  if (row.kind !== 'message' && row.kind !== 'pending') return row
  return { ...row, place: { first: !isGroup(before, row, me), last: !isGroup(row, after, me) } }
}

function isGroup(before: Loose | undefined, after: Loose | undefined, me: string): boolean {
  const [one, other] = [said(before, me), said(after, me)]
  return one !== undefined && other !== undefined && one.by === other.by && other.time - one.time < groupTime
}

function said(row: Loose | undefined, me: string): { by: string; time: number } | undefined {
  if (row?.kind === 'message')
    return { by: `${row.message.from}/${row.message.as?.name ?? ''}`, time: row.message.time }
  return row?.kind === 'pending' ? { by: `${me}/`, time: row.pending.time } : undefined
}
