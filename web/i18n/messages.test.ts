/** Every text is there in every language, and is used somewhere. */
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { en } from './messages/en.ts'
import { zh } from './messages/zh.ts'
import { pieces, translator, type Key, type Text } from './translate.ts'
import { languageOf } from './use-translate.ts'

const keys = Object.keys(en) as Key[]
const places = (text: Text): string[] =>
  [...new Set(pieces(typeof text === 'string' ? text : text.other).filter((_, index) => index % 2 === 1))].toSorted()

test('no text is missing or too much', () => {
  expect(Object.keys(zh).toSorted()).toEqual(keys.toSorted())
})

test.each(keys)('%s says something in both languages, of the same values', (key) => {
  for (const text of [en[key], zh[key]] as Text[])
    for (const form of typeof text === 'string' ? [text] : Object.values(text)) expect(form.trim()).not.toBe('')
  expect(places(zh[key]).filter((place) => place !== 'count')).toEqual(
    places(en[key]).filter((place) => place !== 'count'),
  )
})

/** In quotes; or the beginning of a key that is put together, of which all that go on like it are used. */
test('no text is unused', async () => {
  const source = await sources()
  const written = new Set(Array.from(source.matchAll(/['"`]([\w.-]+)['"`]/g), ([, key]) => key))
  const begun = Array.from(
    source.matchAll(/`([\w-]+(?:\.[\w-]+)*\.)\$\{[^}]*\}([\w]*)`/g),
    ([, from = '', to = '']) => ({ from, to }),
  )
  const isUsed = (key: string): boolean =>
    written.has(key) || begun.some(({ from, to }) => key.startsWith(from) && key.endsWith(to))
  expect(keys.filter((key) => !isUsed(key))).toEqual([])
})

async function sources(): Promise<string> {
  const web = join(import.meta.dir, '..')
  const paths = await Array.fromAsync(new Bun.Glob('{chat,ui,i18n,lib,drive}/**/*.{ts,tsx}').scan(web))
  const own = paths.filter((path) => !path.startsWith('i18n/messages') && !path.includes('.test.'))
  return (await Promise.all(own.map((path) => Bun.file(join(web, path)).text()))).join('\n')
}

test('the form fits the number, and numbers are written as the reader does', () => {
  const english = translator('en', en)
  expect(english('rooms.unread', { count: 1 })).toBe('1 unread message')
  expect(english('rooms.unread', { count: 1500 })).toBe('1,500 unread messages')
  expect(english('room.typing', { names: 'Ann', count: 1 })).toBe('Ann is typing…')
  expect(translator('zh-CN', zh)('rooms.unread', { count: 1500 })).toBe('1,500 条未读消息')
})

test('what stands between the words may be anything', () => {
  const room = { element: 'room' }
  expect(translator('en', en).parts('invitation.text', { by: 'Ann', room })).toEqual([
    '',
    'Ann',
    ' invites you to ',
    room,
    '',
  ])
})

test('a value that looks like a place is a value', () => {
  expect(translator('en', en)('happening.left', { name: '{name}' })).toBe('{name} left')
})

test('the language is the first of the reader that there is, unless one was chosen', () => {
  expect(languageOf('system', ['fr-FR', 'zh-TW', 'en'])).toBe('zh')
  expect(languageOf('system', ['fr'])).toBe('en')
  expect(languageOf('zh', ['en'])).toBe('zh')
})
