/**
 * Each patch is applied by a decoder of its own, written from the description
 * of the format. That the SDK's decoder agrees is seen in `test/delta.test.ts`.
 */
import { describe, expect, test } from 'bun:test'
import { createPatch } from './fossil.ts'

const encoder = new TextEncoder()
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Random numbers that a seed repeats. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function apply(source: Uint8Array, patch: Uint8Array): Uint8Array {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~'
  let at = 0
  const number = (): number => {
    let value = 0
    for (; ; at++) {
      const digit = alphabet.indexOf(String.fromCharCode(patch[at] ?? 0))
      if (digit < 0) return value
      value = value * 64 + digit
    }
  }
  const char = (): string => String.fromCharCode(patch[at++] ?? 0)
  const size = number()
  expect(char()).toBe('\n')
  const target: number[] = []
  for (;;) {
    const count = number()
    const command = char()
    if (command === ';') {
      expect(at).toBe(patch.length)
      expect(target.length).toBe(size)
      expect(count).toBe(sumOf(target))
      return Uint8Array.from(target)
    }
    if (command === ':') {
      expect(at + count).toBeLessThanOrEqual(patch.length)
      target.push(...patch.subarray(at, (at += count)))
    } else {
      expect(command).toBe('@')
      const offset = number()
      expect(char()).toBe(',')
      expect(offset + count).toBeLessThanOrEqual(source.length)
      target.push(...source.subarray(offset, offset + count))
    }
  }
}

function sumOf(bytes: readonly number[]): number {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4)
  padded.set(bytes)
  const words = new DataView(padded.buffer)
  let sum = 0n
  for (let at = 0; at < padded.length; at += 4) sum += BigInt(words.getUint32(at))
  return Number(sum % 2n ** 32n)
}

function patchText(source: string, target: string): string | undefined {
  const [from, to] = [encoder.encode(source), encoder.encode(target)]
  const patch = createPatch(from, to, true)
  if (patch === undefined) return undefined
  expect(patch.length).toBeLessThan(to.length)
  expect(utf8.decode(apply(from, patch))).toBe(target)
  return utf8.decode(patch)
}

const board = (scores: readonly number[]) =>
  JSON.stringify(scores.map((score, i) => ({ player: `player ${i}`, score, level: i % 7 })))

describe('a patch', () => {
  test('says what changed in one place', () => {
    const before = `{"name":"河内","text":"${'今天天气很好。'.repeat(10)}","n":1}`
    const after = before.replace('"n":1', '"n":2')
    expect(patchText(before, after)).toBe('3o\n3m@0,2:2}1gtOrz;')
  })

  test('says what changed in several places', () => {
    const scores = Array.from({ length: 50 }, (_, i) => i * 37)
    const before = board(scores)
    const after = board(scores.map((score, i) => (i % 12 === 5 ? score + 1 : score)))
    const patch = patchText(before, after)
    expect(patch?.length).toBeLessThan(before.length / 20)
  })

  test('finds what moved', () => {
    const [one, two] = [`first part ${'ab12'.repeat(9)}`, `second part ${'xy34'.repeat(9)}`]
    expect(patchText(`[${one},${two}]`, `[${two},${one}]`)?.length).toBeLessThan(50)
  })

  test('of what stayed the same is one copy', () => {
    const text = '你好'.repeat(50)
    expect(patchText(text, text)).toBe('4h\n4h@0,xVJm7;')
  })

  test('is not made where it would not be shorter', () => {
    expect(patchText('{"a":1,"b":"hello"}', '{"a":2,"b":"hello"}')).toBeUndefined()
    expect(patchText('', '{"a":1}')).toBeUndefined()
    expect(patchText('{"a":1}', '')).toBeUndefined()
    expect(patchText('', '')).toBeUndefined()
    expect(patchText('x'.repeat(1000), 'abcdefghij'.repeat(2))).toBeUndefined()
  })

  test('of a text never cuts a character in two', () => {
    // Characters that differ only in their last, or only in their first bytes.
    const pairs = [
      ['一丁七万丈三上下', '一丁七万丈丄上下'],
      ['😀😁😂😃😄😅', '😀😁😂😆😄😅'],
      ['\u{1F600}\u{2F600}', '\u{2F600}\u{1F600}'],
      ['é'.repeat(20), 'è'.repeat(20)],
      ['ä½ å¥½', '你好'],
    ] as const
    const padding = 'the same on both sides, and long enough '.repeat(2)
    for (const [before, after] of pairs)
      expect(patchText(`${padding}${before}${padding}`, `${padding}${after}${padding}`)).toBeDefined()
  })

  test('of a source made of one repeated byte is found in time', () => {
    const before = 'a'.repeat(300_000)
    expect(patchText(before, `${before.slice(0, 1000)}b${before}c${before.slice(5)}`)?.length).toBeLessThan(100)
  })
})

const alphabets = ['ab', '{}[]",:0123456789', '中文字符串测试你我他', '😀😃👨‍👩‍👧e\u0301ß', 'mixed 中 😀 "é"\\']

/** A text that resembles another: parts of it cut, doubled, moved and put in. */
function changed(text: string, roll: (below: number) => number, alphabet: string): string {
  const characters = Array.from(text)
  const letters = Array.from(alphabet)
  for (let edits = roll(6); edits >= 0; edits--) {
    const at = roll(characters.length + 1)
    const kind = roll(4)
    if (kind === 0) characters.splice(at, roll(20))
    else if (kind === 1)
      characters.splice(at, 0, ...Array.from({ length: roll(20) }, () => letters[roll(letters.length)] ?? ''))
    else if (kind === 2) characters.splice(at, 1, letters[roll(letters.length)] ?? '')
    else characters.splice(at, 0, ...characters.slice(roll(characters.length + 1)).slice(0, roll(200)))
  }
  return characters.join('')
}

test('whatever the texts, the patch makes one of the other and is a text itself', () => {
  let made = 0
  for (let seed = 0; seed < 3000; seed++) {
    const roll = dice(seed)
    const alphabet = alphabets[roll(alphabets.length)] ?? ''
    const letters = Array.from(alphabet)
    const before = Array.from({ length: roll(400) }, () => letters[roll(letters.length)]).join('')
    try {
      if (patchText(before, changed(before, roll, alphabet)) !== undefined) made++
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error })
    }
  }
  expect(made).toBeGreaterThan(1500)
})

test('whatever the bytes, the patch makes one of the other', () => {
  let made = 0
  for (let seed = 0; seed < 1000; seed++) {
    const roll = dice(seed)
    const values = 1 + roll(256)
    const before = Uint8Array.from({ length: roll(2000) }, () => roll(values))
    const [cut, size] = [roll(before.length + 1), roll(50)]
    const after = Uint8Array.from([
      ...before.subarray(0, cut),
      ...Array.from({ length: roll(50) }, () => roll(256)),
      ...before.subarray(cut + size),
      ...before.subarray(roll(before.length + 1), cut),
    ])
    const patch = createPatch(before, after, false)
    if (patch === undefined) continue
    made++
    expect(patch.length, `seed ${seed}`).toBeLessThan(after.length)
    expect(apply(before, patch), `seed ${seed}`).toEqual(after)
  }
  expect(made).toBeGreaterThan(500)
})
