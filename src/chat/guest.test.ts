import { describe, expect, test } from 'bun:test'
import { asksForGuest, guest, nickname } from './guest.ts'

const secret = '0b54a4e0-5c3f-4a6e-9c3b-0d6f6f1f7a11'

describe('a guest', () => {
  test('is the same user whenever it comes with the same secret, whatever its name', () => {
    const ann = guest({ name: 'Ann', guest: secret })
    const anna = guest({ name: 'Anna', guest: secret.toUpperCase() })
    const other = guest({ name: 'Ann', guest: secret.replace('0b', '0c') })
    if (!('user' in ann && 'user' in anna && 'user' in other)) throw new Error('all three should be let in')
    expect(ann.user).toMatch(/^guest:[0-9a-f]{16}$/)
    expect(anna.user).toBe(ann.user)
    expect(other.user).not.toBe(ann.user)
    expect(ann.user).not.toContain(secret.slice(0, 8))
  })

  test('carries its name as JSON, whatever is in the name', () => {
    const name = '<img src=x onerror="alert(1)">'
    expect(guest({ name, guest: secret })).toMatchObject({ info: JSON.stringify({ name }) })
  })

  test('without a proper secret is refused', () => {
    for (const data of [undefined, null, 'Ann', [], {}, { name: 'Ann' }, { name: 'Ann', guest: 'me' }, { guest: 7 }])
      expect(guest(data)).toEqual({ refused: 'guest' })
  })

  test('with a name that cannot be is refused', () => {
    expect(guest({ name: ' ', guest: secret })).toEqual({ refused: 'name' })
  })

  test('is somebody who brings the secret; others are not asked for a name', () => {
    expect(asksForGuest({ guest: secret })).toBe(true)
    for (const data of [undefined, null, {}, 'guest', { name: 'Ann' }]) expect(asksForGuest(data)).toBe(false)
  })
})

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
