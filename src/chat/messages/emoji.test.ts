import { expect, test } from 'bun:test'
import { emojiOf } from './emoji.ts'

test.each(['👍', '👍🏽', '❤️', '👩‍👩‍👧‍👦', '🇨🇳', '1️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'])('%s is one emoji', (emoji) => {
  expect(emojiOf(emoji)).toBe(emoji)
})

test('a heart without the sign for "as a picture" is the one with it', () => {
  expect(emojiOf('❤')).toBe('❤️')
})

test.each(['', 'a', '1', '👍👍', '👍 ', ' 👍', '上', ':+1:', '\u{fe0f}', '🇨', '👩‍', '<b>', '👍\u0000', '🏽‍👍'])(
  '%j is none',
  (text) => {
    expect(emojiOf(text)).toBeUndefined()
  },
)
