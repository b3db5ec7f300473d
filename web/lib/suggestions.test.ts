import { expect, test } from 'bun:test'
import { emojiNames } from './emoji-names.ts'
import { emojiLike, everyoneLike, peopleLike } from './suggestions.ts'
import type { Person } from './views.ts'

const person = (id: string, name: string): Person => ({ id, name, kind: 'member' })
const people = [
  person('me', 'Mei'),
  person('1', 'Ann Lindqvist'),
  person('2', '李小明'),
  person('3', 'Lin'),
  person('4', 'Zoë'),
]
const names = (query: string, speakers: readonly string[] = []) =>
  peopleLike(query, people, { speakers, me: 'me' }).map(({ insert }) => insert)

test('people are found by the beginning of a word of their name, and in Chinese by any sign of it', () => {
  expect(names('li')).toEqual(['@Lin', '@Ann Lindqvist'])
  expect(names('ann l')).toEqual(['@Ann Lindqvist'])
  expect(names('小')).toEqual(['@李小明'])
  expect(names('nn')).toEqual([])
  expect(names('ＺＯË')).toEqual(['@Zoë'])
})

test('who spoke last stands first, and oneself is not among them', () => {
  expect(names('', ['4', '2'])).toEqual(['@Zoë', '@李小明', '@Ann Lindqvist', '@Lin'])
})

test('all are called by any of the words for it, and written in the reader’s', () => {
  expect(everyoneLike('ev', 'en')).toEqual([{ kind: 'everyone', id: 'everyone', insert: '@all' }])
  expect(everyoneLike('所', 'zh-CN')).toEqual([{ kind: 'everyone', id: 'everyone', insert: '@所有人' }])
  expect(everyoneLike('ann', 'en')).toEqual([])
})

test('emoji are found by their short names, and by words of both languages', async () => {
  const [en, zh] = await Promise.all([emojiNames('en'), emojiNames('zh')])
  expect(emojiLike('tada', en)[0]).toMatchObject({ insert: '🎉', code: 'tada' })
  expect(emojiLike('+1', en)[0]).toMatchObject({ insert: '👍️' })
  expect(emojiLike('heart', en)[0]).toMatchObject({ insert: '❤️', code: 'heart' })
  expect(emojiLike('tada', zh)[0]).toMatchObject({ insert: '🎉', code: 'tada' })
  expect(emojiLike('笑', zh).length).toBeGreaterThan(3)
  expect(emojiLike('火箭', zh)[0]).toMatchObject({ insert: '🚀', name: '火箭' })
  expect(emojiLike('qqqqq', en)).toEqual([])
})
