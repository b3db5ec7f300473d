/** Texts taken apart without being rewritten, held against `JSON.parse`. */
import { describe, expect, test } from 'bun:test'
import { Dice, randomJson } from '../../test/dice.ts'
import { JsonError, parseJson, rawElements, rawJson, singleLine } from './json-text.ts'

const seeds = Array.from({ length: 300 }, (_, n) => n + 1)

describe('a value inside of a text', () => {
  test.each([
    ['{"a":1}', ['a'], '1'],
    [' { "a" : 1.0 } ', ['a'], '1.0'],
    ['{"a":{"b":[1,{"c":-0}]}}', ['a', 'b', 1, 'c'], '-0'],
    ['{"a":12345678901234567890}', ['a'], '12345678901234567890'],
    ['{"a":"}]\\",{["}', ['a'], '"}]\\",{["'],
    ['{"a":"\\\\","b":2}', ['b'], '2'],
    ['{"\\u0061":1}', ['a'], '1'],
    ['{"a":1,"a":2}', ['a'], '2'],
    ['{"a":1,"\\u0061":2}', ['a'], '2'],
    ['{"a":1,"a":null}', ['a'], undefined],
    ['{"a":{"x":1},"a":{"y":2}}', ['a', 'x'], undefined],
    ['{"a\\"":1,"a":2}', ['a"'], '1'],
    ['{"":1}', [''], '1'],
    ['{"__proto__":1}', ['__proto__'], '1'],
    ['{}', ['__proto__'], undefined],
    ['{}', ['toString'], undefined],
    ['[]', ['length'], undefined],
    ['[1,2]', [2], undefined],
    ['[[],[[]]]', [1, 0], '[]'],
    ['"a"', ['a'], undefined],
    ['null', [], undefined],
    ['{"a":true,"b":false}', ['b'], 'false'],
    ['{"a":[\r\n1,\n2\n]\n}', ['a'], '[1,2]'],
    ['{"a":\t1\t}', ['a'], '1'],
  ])('%s at %j', (json, path, expected) => {
    expect(rawJson(json, ...path)).toBe(expected)
  })

  test('is what JSON.parse finds there, whatever the text', () => {
    for (const seed of seeds) {
      const dice = new Dice(seed)
      const json = randomJson(dice)
      const value: unknown = JSON.parse(json)
      for (const path of paths(value)) {
        const raw = rawJson(json, ...path)
        const expected = at(value, path)
        if (expected === null) expect(raw).toBeUndefined()
        else expect({ seed, path, value: JSON.parse(raw ?? '') as unknown }).toEqual({ seed, path, value: expected })
        if (raw !== undefined) expect(singleLine(json)).toContain(raw)
      }
    }
  })
})

test('the elements of an array are those of JSON.parse', () => {
  for (const seed of seeds) {
    const json = `[${Array.from({ length: seed % 5 }, (_, n) => randomJson(new Dice(seed * 7 + n))).join(',')}]`
    const values: unknown = JSON.parse(json)
    expect(rawElements(json).map((text) => JSON.parse(text) as unknown)).toEqual(values as unknown[])
  }
  expect(rawElements('{"0":1}')).toEqual([])
  expect(rawElements(' [ ] ')).toEqual([])
})

describe('nesting', () => {
  test('is counted in all its forms and not in texts', () => {
    expect(parseJson('[{"a":[1]}]', 3)).toEqual([{ a: [1] }])
    expect(() => parseJson('[{"a":[[1]]}]', 3)).toThrow(JsonError)
    expect(parseJson('["[[[[[[","\\"[[[[[","\\\\"]', 1)).toEqual(['[[[[[[', '"[[[[[', '\\'])
    expect(parseJson('[[],[],[[]],[]]', 3)).toEqual([[], [], [[]], []])
  })

  test('of a million levels is refused before it is parsed', () => {
    for (const text of ['['.repeat(1e6), '{"a":'.repeat(1e6), `${'['.repeat(1e6)}${']'.repeat(1e6)}`])
      expect(() => parseJson(text, 128)).toThrow('nested deeper than 128 levels')
  })
})

test('what is no JSON is an error of one kind, whatever it is', () => {
  for (const seed of seeds) {
    const dice = new Dice(seed)
    const text = dice.mutate(randomJson(dice))
    let good = true
    try {
      JSON.parse(text)
    } catch {
      good = false
    }
    if (good) parseJson(text, 10_000)
    else expect(() => parseJson(text, 10_000)).toThrow(JsonError)
  }
})

test('one line is the same value', () => {
  for (const seed of seeds) {
    const json = randomJson(new Dice(seed))
    expect(singleLine(json)).not.toMatch(/[\r\n]/)
    expect(JSON.parse(singleLine(json))).toEqual(JSON.parse(json))
  }
})

/** To everything in a value. */
function* paths(value: unknown, path: (string | number)[] = []): Generator<(string | number)[]> {
  yield path
  if (Array.isArray(value)) for (const [index, each] of value.entries()) yield* paths(each, [...path, index])
  else if (typeof value === 'object' && value !== null)
    for (const key of Object.keys(value)) yield* paths(at(value, [key]), [...path, key])
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((here, step) => Object.getOwnPropertyDescriptor(here, step)?.value as unknown, value)
}
