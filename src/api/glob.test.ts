import { expect, test } from 'bun:test'
import { matches } from './glob.ts'

test.each([
  ['', ''],
  ['*', ''],
  ['*', 'anything:at#all'],
  ['a*', 'a'],
  ['*a', 'banana'],
  ['b*a', 'banana'],
  ['*n*n*', 'banana'],
  ['?', '*'],
  ['chat-?', 'chat-1'],
  ['a**b', 'ab'],
  ['a*b*c', 'aXbXbXc'],
  ['[ab]', '[ab]'], // nothing else is special
  ['a.c', 'a.c'],
  ['\\*', '\\anything'],
])('%p fits %p', (pattern, name) => expect(matches(pattern, name)).toBe(true))

test.each([
  ['', 'a'],
  ['?', ''],
  ['a', 'A'],
  ['a', 'ab'],
  ['a?', 'a'],
  ['a*b', 'abc'],
  ['*aa', 'aba'],
  ['a.c', 'abc'],
  ['[ab]', 'a'],
  ['chat-?', 'chat-10'],
])('%p does not fit %p', (pattern, name) => expect(matches(pattern, name)).toBe(false))

test('a pattern made to take long does not', () => {
  let steps = 0
  const name = new Proxy({ length: 2000 }, { get: (text, key) => (key === 'length' ? text.length : (steps++, 'a')) })
  expect(matches(`${'*a'.repeat(100)}b`, name as unknown as string)).toBe(false)
  expect(steps).toBeLessThan(202 * 2000)
})
