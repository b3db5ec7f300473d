import { expect, test } from 'bun:test'
import { watchToday } from './today.ts'

test('a day ends at midnight, and when one wakes in another', () => {
  let now = new Date(2026, 4, 3, 23, 59, 0).getTime()
  let [midnight, delay]: [() => void, number] = [() => undefined, 0]
  let wake = (): void => undefined
  const today = watchToday({
    now: () => now,
    after: (time, call) => ([midnight, delay] = [call, time]),
    wakes: (call) => (wake = call),
  })
  const days = [today.value]
  today.subscribe(() => days.push(today.value))
  expect(delay).toBe(60_050)
  now += delay
  midnight()
  expect(delay).toBeGreaterThan(22.9 * 3_600_000)
  wake() // the same day
  now += 3 * 24 * 3_600_000
  wake()
  expect(days.map((day) => day.slice(0, 10))).toEqual(['Sun May 03', 'Mon May 04', 'Thu May 07'])
})
