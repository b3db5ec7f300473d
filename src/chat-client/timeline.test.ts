import { expect, test } from 'bun:test'
import { apply, emptyTimeline, join, type Timeline, trimmed } from './timeline.ts'
import type { MessageView, RoomEvent } from './types.ts'

const message = (text: string, more: Partial<Extract<RoomEvent, { type: 'message' }>> = {}): RoomEvent => ({
  type: 'message',
  by: 'ann',
  time: 0,
  id: text,
  text,
  ...more,
})

function read(events: readonly RoomEvent[], timeline: Timeline = emptyTimeline('tea')): Timeline {
  let now = timeline
  for (const data of events) now = apply(now, { data, offset: now.position + 1 }, 'ann')
  return now
}

test('everything that changes a message changes it where it stands', () => {
  const { messages, notices } = read([
    message('one'),
    message('two', { by: 'bob', reply: 1 }),
    { type: 'edit', of: 1, by: 'ann', time: 7, text: 'first' },
    { type: 'reaction', of: 2, by: 'ann', time: 8, emoji: '🍵', on: true },
    { type: 'reaction', of: 2, by: 'bob', time: 8, emoji: '🍵', on: true },
    { type: 'reaction', of: 2, by: 'ann', time: 8, emoji: '🍵', on: false },
    { type: 'pin', of: 2, by: 'ann', time: 9, on: true },
    { type: 'member', what: 'joined', person: 'cy', by: 'cy', time: 9 },
  ])
  expect(messages).toMatchObject([
    { offset: 1, text: 'first', edited: 7, version: 3 },
    { offset: 2, pinned: true, reply: { offset: 1, from: 'ann', text: 'first' } },
  ])
  expect(messages[1]?.reactions).toEqual([{ emoji: '🍵', count: 1, mine: false, people: ['bob'] }])
  expect(notices).toMatchObject([{ offset: 8, event: { person: 'cy' } }])
})

test('a message that is taken back leaves a tombstone, and nothing in what quotes it', () => {
  const { messages } = read([
    message('secret'),
    message('yes', { reply: 1 }),
    { type: 'recall', of: 1, by: 'ann', time: 5 },
  ])
  expect(messages).toMatchObject([
    { text: '', removed: { by: 'ann', time: 5 } },
    { reply: { text: '', removed: true } },
  ])
})

test('entries that the page contains already change nothing', () => {
  const whole = read([
    message('one'),
    { type: 'edit', of: 1, by: 'ann', time: 1, text: 'uno' },
    { type: 'edit', of: 1, by: 'ann', time: 2, text: 'eins' },
  ])
  const page = join(emptyTimeline('tea', 1), whole.messages, {})
  const again = apply(page, { data: { type: 'edit', of: 1, by: 'ann', time: 1, text: 'uno' }, offset: 2 }, 'ann')
  expect(again.messages).toEqual(whole.messages)
  expect(again.messages[0]).toBe(page.messages[0] as MessageView)
})

test('what did not change is the same object as before', () => {
  const before = read([message('one'), message('two')])
  const after = apply(before, { data: { type: 'pin', of: 2, by: 'ann', time: 3, on: true }, offset: 3 }, 'ann')
  expect(after.messages[0]).toBe(before.messages[0] as MessageView)
  expect(after.messages[1]).not.toBe(before.messages[1] as MessageView)
})

test('a stretch that does not reach the end takes no message, so that it gets no hole', () => {
  const cut = trimmed(read([message('one'), message('two'), message('three')]), 2, 'end')
  expect(cut).toMatchObject({ begin: true, end: false })
  const after = apply(cut, { data: message('four'), offset: 4 }, 'ann')
  expect(after.messages.map(({ text }) => text)).toEqual(['one', 'two'])
  expect(after.position).toBe(4)
})
