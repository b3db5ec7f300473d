import { expect, test } from 'bun:test'
import { parseRetryAfter, retries, retryDelay } from './retry.ts'

test('each delay is twice the one before, up to an hour', () => {
  const delays = Array.from({ length: 14 }, (_, failed) => retryDelay(failed + 1, 1) / 1000)
  expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600])
  expect(retryDelay(1_000_000, 1)).toBe(retries.longestDelay)
})

test('chance makes it up to a half shorter', () => {
  expect(retryDelay(3, 0)).toBe(2000)
  expect(retryDelay(3, 0.5)).toBe(3000)
})

test('a receiver may ask for more time, within reason', () => {
  expect(retryDelay(1, 1, 90_000)).toBe(90_000)
  expect(retryDelay(8, 1, 1000)).toBe(128_000)
  expect(retryDelay(1, 1, 1e12)).toBe(retries.longestRetryAfter)
})

test.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 60_000],
  ['Wed, 21 Oct 2026 07:00:00 GMT', 0],
  [undefined, undefined],
  ['', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['2026', 2_026_000],
  ['99999999999', undefined],
])('Retry-After %j is %j ms', (header, expected) => {
  expect(parseRetryAfter(header, Date.UTC(2026, 9, 21, 7, 27))).toBe(expected)
})
