import { expect, test } from 'bun:test'
import { textLimit as composerLimit } from '../../web/lib/outbox.ts'
import { message, textLimit } from './message.ts'

const clientId = '0192f7a0-5c3f-7a6e-9c3b-0d6f6f1f7a11'
const now = 1_700_000_000_000

function said(text: unknown): unknown {
  const made = message({ text, clientId }, now)
  return 'json' in made ? JSON.parse(made.json).text : made
}

test('a message is what was said, with the id of the sender and the time of the server', () => {
  expect(message({ text: 'hi', clientId, name: 'Mallory', time: 1 }, now)).toEqual({
    id: clientId,
    json: `{"type":"message","id":"${clientId}","text":"hi","time":${now}}`,
  })
})

test('markup is text like any other', () => {
  expect(said('<script>alert(1)</script>')).toBe('<script>alert(1)</script>')
})

test('line ends are made one kind and what is not text is left out', () => {
  expect(said(' a\r\nb\rc\td\0\u0007 \uD800 ')).toBe('a\nb\nc\td \uFFFD')
})

test('the page warns at the same limit', () => {
  expect(composerLimit).toBe(textLimit)
})

test('the limit counts characters, not code units', () => {
  expect(said('好'.repeat(textLimit))).toBe('好'.repeat(textLimit))
  expect(said('🙂'.repeat(textLimit))).toBe('🙂'.repeat(textLimit))
  expect(said('a'.repeat(textLimit + 1))).toEqual({ refused: 'text' })
})

test('what is no text is refused, and so is what is nothing once it is cleaned', () => {
  for (const text of [undefined, null, 7, '', ' \n ', '\0', ['hi'], { text: 'hi' }])
    expect(said(text)).toEqual({ refused: 'text' })
})

test('what is no id is refused', () => {
  for (const id of [undefined, 7, '', 'me', '../x', `${clientId}\n`, clientId.toUpperCase()])
    expect(message({ text: 'hi', clientId: id }, now)).toEqual({ refused: 'id' })
  for (const data of [undefined, null, 7, 'hi', []]) expect(message(data, now)).toEqual({ refused: 'id' })
})
