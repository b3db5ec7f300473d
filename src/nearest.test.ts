import { expect, test } from 'bun:test'
import { distance, nearest } from './nearest.ts'

const distances: readonly [a: string, b: string, edits: number][] = [
  ['', '', 0],
  ['', 'abc', 3],
  ['abc', '', 3],
  ['port', 'port', 0],
  ['port', 'prot', 1],
  ['port', 'ports', 1],
  ['port', 'pot', 1],
  ['port', 'part', 1],
  ['kitten', 'sitting', 3],
  ['ca', 'abc', 3],
]

test.each(distances)('%p and %p are as many edits apart as it takes', (a, b, edits) => {
  expect(distance(a, b)).toBe(edits)
  expect(distance(b, a)).toBe(edits)
})

test('the nearest word is the one with the fewest edits', () => {
  expect(nearest('presense', ['present', 'presence', 'press'])).toBe('presence')
})

test('a word that is like none is like none', () => {
  expect(nearest('zebra', ['port', 'address', 'level'])).toBeUndefined()
  expect(nearest('foo', ['dir', 'key'])).toBeUndefined()
})

test('a word that was cut short is taken for the whole one, but for one that is nearer', () => {
  expect(nearest('hmac_secret', ['audience', 'hmac_secret_key'])).toBe('hmac_secret_key')
  expect(nearest('hist', ['history_size', 'list'])).toBe('list')
  expect(nearest('his', ['history_size'])).toBeUndefined()
})
