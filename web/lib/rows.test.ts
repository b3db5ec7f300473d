import { expect, test } from 'bun:test'
import type { PendingMessage } from './room-model.ts'
import { rowsOf, type Row, type RowsOf } from './rows.ts'
import type { Happening, Message } from './views.ts'

const start = new Date(2026, 4, 3, 10, 0).getTime()
const minute = 60_000

function message(offset: number, from: string, minutes: number, more: Partial<Message> = {}): Message {
  const none = { mentions: [], everyone: false, files: [], previews: [], reactions: [], pinned: false }
  return {
    room: 'r',
    offset,
    version: offset,
    id: `id-${offset}`,
    from,
    time: start + minutes * minute,
    text: 'x',
    ...none,
    ...more,
  }
}

function happening(offset: number, minutes: number): Happening {
  return { type: 'member', what: 'joined', offset, time: start + minutes * minute, by: 'ann', person: 'ann' }
}

function pending(id: string, minutes: number): PendingMessage {
  return { id, text: 'x', time: start + minutes * minute, files: [], state: 'sending' }
}

const rows = (of: Partial<RowsOf>): Row[] =>
  rowsOf({ messages: [], happenings: [], pending: [], me: 'me', readUpTo: undefined, ...of })

/** Such as `day ann1 ann1 unread`; 1 for the first of a group, 2 for the last, 3 for both. */
function drawn(of: Partial<RowsOf>): string {
  return rows(of)
    .map((row) => {
      if (row.kind === 'message') return row.message.from + (Number(row.place.first) + 2 * Number(row.place.last))
      if (row.kind === 'pending') return `sending${Number(row.place.first) + 2 * Number(row.place.last)}`
      return row.kind === 'happenings' ? `happened${row.happenings.length}` : row.kind
    })
    .join(' ')
}

test('messages that one person sends in a row are a group, for five minutes', () => {
  const messages = [message(1, 'ann', 0), message(2, 'ann', 1), message(3, 'ann', 7), message(4, 'bo', 8)]
  expect(drawn({ messages })).toBe('day ann1 ann2 ann3 bo3')
})

test('a name that a bot takes on is somebody else', () => {
  const messages = [message(1, 'hook', 0, { as: { name: 'CI' } }), message(2, 'hook', 1, { as: { name: 'Alerts' } })]
  expect(drawn({ messages })).toBe('day hook3 hook3')
})

test('a day begins with a line, which parts a group', () => {
  expect(drawn({ messages: [message(1, 'ann', 839), message(2, 'ann', 841)] })).toBe('day ann3 day ann3')
})

test('the divider stands before the first message of others behind what was read, once', () => {
  const messages = [message(1, 'ann', 0), message(2, 'me', 1), message(3, 'ann', 2), message(4, 'ann', 3)]
  expect(drawn({ messages, readUpTo: 1 })).toBe('day ann3 me3 unread ann1 ann2')
  expect(drawn({ messages, readUpTo: 4 })).toBe('day ann3 me3 ann1 ann2')
})

test('what happened in a row is one row, in the order of the log', () => {
  const messages = [message(1, 'ann', 0), message(4, 'ann', 3)]
  expect(drawn({ messages, happenings: [happening(2, 1), happening(3, 2), happening(5, 4)] })).toBe(
    'day ann3 happened2 ann3 happened1',
  )
})

test('what is on its way stands at the end, and keeps its row when the log has it', () => {
  const before = rows({ messages: [message(1, 'me', 0)], pending: [pending('id-2', 1)] })
  const after = rows({ messages: [message(1, 'me', 0), message(2, 'me', 1)], pending: [pending('id-2', 1)] })
  expect(drawn({ messages: [message(1, 'me', 0)], pending: [pending('id-2', 1)] })).toBe('day me1 sending2')
  expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key))
  expect(after.at(-1)?.kind).toBe('message')
})

test('keys are unique, also where two senders made one id', () => {
  const messages = [message(1, 'ann', 0, { id: 'same' }), message(2, 'bo', 1, { id: 'same' })]
  const keys = rows({ messages }).map(({ key }) => key)
  expect(new Set(keys).size).toBe(keys.length)
})
