import { expect, test } from 'bun:test'
import { foreignLine } from './foreign-text.ts'

test('a line stays what it is, in any script', () => {
  for (const text of ['驿站：实时消息', 'Straße — “déjà vu”', 'नमस्ते', 'สวัสดีชาวโลก', 'می‌خواهم', '👩‍👩‍👧 ❤️ 🇨🇳', '<b>&amp;'])
    expect(foreignLine(text, 100)).toBe(text)
})

test('it is one line', () => {
  expect(foreignLine(' a\r\n\tb\u00a0\u2028c\u3000d ', 100)).toBe('a b c d')
})

test('nothing in it is hidden, and nothing turns the direction', () => {
  expect(
    foreignLine('\0a\u202Eb\u2066c\u200Fd\u061Ce\u200Bf\uFEFFg\u2060h\u00ADi\u{E0041}j\u2800k\u{F0000}l\u009Fm', 100),
  ).toBe('abcdefghijklm')
  expect(foreignLine('\u202E\u200B', 100)).toBe('')
  expect(foreignLine('a\uD800b', 100)).toBe('a\uFFFDb')
})

test('marks do not climb out of the line', () => {
  expect(foreignLine(`a${'\u0301'.repeat(500)}b`, 1000)).toBe(`a${'\u0301'.repeat(4)}b`)
})

test('what is too long is cut between characters', () => {
  expect(foreignLine('驿'.repeat(10), 10)).toBe('驿'.repeat(10))
  expect(foreignLine('🙂'.repeat(11), 10)).toBe(`${'🙂'.repeat(9)}…`)
  expect(foreignLine(`abcd ${'x'.repeat(1_000_000)}`, 6)).toBe('abcd…')
})
