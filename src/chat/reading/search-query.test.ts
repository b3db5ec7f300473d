import { expect, test } from 'bun:test'
import { type Query, parseQuery } from './search-query.ts'

const none: Query = {
  words: [],
  phrases: [],
  from: undefined,
  room: undefined,
  after: undefined,
  before: undefined,
  has: [],
}

test.each<[typed: string, query: Partial<Query>]>([
  ['上海 hello', { words: ['上海', 'hello'] }],
  ['"exactly this" “和这个” open"', { phrases: ['exactly this', '和这个'], words: ['open"'] }],
  ['"not closed', { phrases: ['not closed'] }],
  ['from:Ann in:"Tea Room" x', { from: 'Ann', room: 'Tea Room', words: ['x'] }],
  ['FROM:ann Has:Image has:link', { from: 'ann', has: ['image', 'link'] }],
  ['from：小明', { from: '小明' }],
  ['from: ann', { words: ['from:', 'ann'] }],
  ['https://example.org in', { words: ['https://example.org', 'in'] }],
  ['after:2026-01-31 before:2026-2-1', { after: Date.UTC(2026, 0, 31), before: Date.UTC(2026, 1, 1) }],
])('%j', (typed, query) => {
  expect(parseQuery(typed, 0)).toEqual({ ...none, ...query })
})

test('a day begins where the person is', () => {
  expect(parseQuery('after:2026-01-31', 8 * 60).after).toBe(Date.UTC(2026, 0, 30, 16))
})

test.each(['has:money', 'before:yesterday', 'after:2026-02-30', 'after:2026-13-01', 'a '.repeat(21)])(
  '%j says what is wrong',
  (typed) => {
    expect(() => parseQuery(typed, 0)).toThrow()
  },
)
