import { describe, expect, test } from 'bun:test'
import { nickname } from './nickname.ts'

describe('a nickname', () => {
  test.each([
    ['Ann', 'Ann'],
    ['  Ann   Lee ', 'Ann Lee'],
    ['Ａｎｎ', 'Ann'], // full width
    ['ﬁne', 'fine'],
    ['王小明', '王小明'],
    ['Jürgen', 'Jürgen'], // decomposed comes out composed
    ['Nguyễn', 'Nguyễn'],
    ['नमस्ते', 'नमस्ते'],
    ['👨‍👩‍👧', '👨‍👩‍👧'],
    ['🇨🇳 ❤️', '🇨🇳 ❤️'],
    ['a'.repeat(32), 'a'.repeat(32)],
    ['👨‍👩‍👧'.repeat(20), '👨‍👩‍👧'.repeat(20)], // 20 characters, 160 code units
    ["O'Neil <b>", "O'Neil <b>"], // markup is text like any other
  ])('%p is shown as %p', (given, shown) => expect(nickname(given)).toBe(shown))

  test.each([
    ['nothing', ''],
    ['blanks', ' \u3000 '],
    ['33 characters', 'a'.repeat(33)],
    ['a megabyte', 'a'.repeat(1 << 20)],
    ['a control character', 'Ann\u0007'],
    ['a NUL', 'Ann\0'],
    ['a zero width space', 'An\u200Bn'],
    ['a zero width joiner outside an emoji', 'An\u200Dn'],
    ['a soft hyphen', 'An\u00ADn'],
    ['a change of direction', 'Ann\u202Egnp'],
    ['a direction isolate', '\u2066Ann'],
    ['only a Hangul filler', '\u3164'],
    ['only a blank braille cell', '\u2800'],
    ['only combining marks', '\u0301\u0302'],
    ['a tower of marks', `A${'\u0301'.repeat(20)}`],
    ['half a character', '\uD83D'],
    ['private use', '\uE000'],
    ['a variation selector', 'A\uFE0F'],
    ['tag characters', 'Ann\u{E0041}'],
  ])('with %s is refused', (_, given) => expect(nickname(given)).toBeUndefined())

  test('must be text', () => {
    for (const given of [undefined, null, 7, ['Ann'], { name: 'Ann' }]) expect(nickname(given)).toBeUndefined()
  })

  test('stays as it is when it is normalised again', () => {
    for (let code = 0x20; code < 0x20000; code++) {
      const shown = nickname(`a ${String.fromCodePoint(code)} b`)
      if (shown !== undefined && nickname(shown) !== shown) throw new Error(`U+${code.toString(16)}`)
    }
  })
})
