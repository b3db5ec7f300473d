import { expect, test } from 'bun:test'
import { candidatesIn, chooseMentions } from './mentions.ts'

const names = new Set(['ann', 'ann lee', '小明', '小明王', 'bob', 'o.k', '😀 max', 'all', 'zoë'])
const find = (text: string, mayAll = false) => chooseMentions(candidatesIn(text), (key) => names.has(key), mayAll)

test.each<[text: string, keys: readonly string[]]>([
  ['hello @Ann', ['ann']],
  ['@Ann Lee, come', ['ann lee']],
  ['@Ann Le', ['ann']],
  ['@ANN   LEE!', ['ann lee']],
  ['@Anniversary', []],
  ['@Ann_x @Ann2', []],
  ['你好@小明你好', ['小明']],
  ['@小明王你好', ['小明王']],
  ['@小明abc', ['小明']],
  ['@Ann你好', ['ann']],
  ['write to x@Ann', []],
  ['write to x.@Ann', []],
  ['(@Ann) @bob. @ann', ['ann', 'bob']],
  ['＠Ａｎｎ', ['ann']],
  ['@o.k.', ['o.k']],
  ['@😀 Max there', ['😀 max']],
  ['@zoe\u0308', ['zoë']],
  ['@Zoe', []],
  ['`@Ann` and ```\n@bob\n```', []],
  ['```@bob', []],
  ['@Ann\nLee', ['ann']],
  ['@@Ann', ['ann']],
  ['@ Ann', []],
  ['@', []],
])('%j mentions %j', (text, keys) => {
  expect(find(text).keys).toEqual([...keys])
})

test('a word for all means all only where that is allowed', () => {
  for (const word of ['@everyone', '@EVERYONE!', '@所有人请看', '@all']) {
    expect(find(word, true)).toEqual({ keys: [], everyone: true })
    expect(find(word, false).everyone).toBe(false)
  }
  expect(find('@all', false).keys).toEqual(['all'])
  expect(find('@allow', true).everyone).toBe(false)
})

test('a text of nothing but signs costs no more than one with two hundred', () => {
  const candidates = candidatesIn('@a '.repeat(30_000))
  expect(candidates.length).toBe(200)
  expect(candidates.every((keys) => keys.length <= 32)).toBe(true)
})
