import { expect, test } from 'bun:test'
import { beginOf, dayOf } from './day.ts'

test('a day begins at midnight where the reader is, and is the same until the next', () => {
  const time = new Date(2026, 4, 3, 23, 59, 59).getTime()
  expect(dayOf(time)).toBe('2026-05-03')
  expect(beginOf('2026-05-03')).toBe(new Date(2026, 4, 3).getTime())
  expect(dayOf(time + 1000)).toBe('2026-05-04')
})

test('what is no day begins never', () => {
  for (const text of ['', '2026-05', 'yesterday', '12026-05-03']) expect(beginOf(text)).toBeUndefined()
})
