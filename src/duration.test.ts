import { expect, test } from 'bun:test'
import { parseDuration } from './duration.ts'

const durations: readonly [text: string, milliseconds: number | undefined][] = [
  ['300s', 300_000],
  ['1h30m', 5_400_000],
  ['720h', 2_592_000_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['250ms', 250],
  ['1m0.5s', 60_500],
  ['2us', 0.002],
  ['2µs', 0.002],
  ['0', 0],
  ['0s', 0],
  ['-1s', -1000],
  ['+2m', 120_000],
  ['', undefined],
  ['25', undefined],
  ['-1', undefined],
  ['s', undefined],
  ['.s', undefined],
  ['1d', undefined],
  ['1 h', undefined],
  [' 1h', undefined],
  ['1h ', undefined],
  ['1h30', undefined],
  ['1e3s', undefined],
  ['forever', undefined],
  ['Infinity', undefined],
]

test.each(durations)('%p is %p milliseconds', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
})
