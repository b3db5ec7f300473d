import { expect, test } from 'bun:test'
import { rangesIn, snippet } from './highlights.ts'

const marked = (text: string, words: readonly string[], phrases: readonly string[] = []) =>
  rangesIn(text, { words, phrases }).map(([from, to]) => text.slice(from, to))

test.each<[text: string, words: readonly string[], found: readonly string[]]>([
  ['我在上海，上海很大', ['上海'], ['上海', '上海']],
  ['Hello hello shello', ['hello'], ['Hello', 'hello']],
  ['helloes', ['hello'], ['hello']],
  ['Ｈｅｌｌｏ Café', ['hello', 'cafe'], ['Ｈｅｌｌｏ', 'Café']],
  ['cafe\u0301 au lait', ['café'], ['cafe\u0301']],
  ['😀 say 上海 😀', ['上海'], ['上海']],
  ['上海人', ['上海', '海人'], ['上海人']],
  ['(a+b) a', ['a+b'], ['a', 'b', 'a']],
  ['nothing', ['上'], []],
  ['x', ['😀'], []],
])('in %j, %j marks %j', (text, words, found) => {
  expect(marked(text, words)).toEqual([...found])
})

test('a phrase is marked as a whole, and only as a whole', () => {
  expect(marked('quick, brown fox; brown quick', [], ['quick brown'])).toEqual(['quick, brown'])
  expect(marked('quick browns', [], ['quick brown'])).toEqual([])
  expect(marked('用 Posthouse 服务器', [], ['posthouse 服务'])).toEqual(['Posthouse 服务'])
})

test('a snippet is cut around what was found, and tears nothing apart', () => {
  const text = `${'😀'.repeat(300)} 上海 ${'😀'.repeat(300)}`
  const { text: cut, ranges } = snippet(text, { words: ['上海'], phrases: [] })
  expect(cut.length).toBeLessThanOrEqual(241)
  expect(cut.isWellFormed()).toBe(true)
  expect(ranges.map(([from, to]) => cut.slice(from, to))).toEqual(['上海'])
  expect(snippet('short 上海', { words: ['上海'], phrases: [] })).toEqual({ text: 'short 上海', ranges: [[6, 8]] })
})
