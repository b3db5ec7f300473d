import { expect, test } from 'bun:test'
import { rawMembers as members } from './json-text.ts'

const objects: readonly [text: string, found: Record<string, string>][] = [
  ['{}', {}],
  [' { } ', {}],
  ['{"a":1}', { a: '1' }],
  ['{"a" : 1 , "b":null}', { a: '1', b: 'null' }],
  ['{"big":12345678901234567890,"e":1E2,"z":0.10}', { big: '12345678901234567890', e: '1E2', z: '0.10' }],
  ['{"a":{"b":[1,{"c":"}"}],"d":","},"e":"x"}', { a: '{"b":[1,{"c":"}"}],"d":","}', e: '"x"' }],
  ['{"a":"\\"},{","b":"\\\\"}', { a: '"\\"},{"', b: '"\\\\"' }],
  ['{"a":[[],{}],"b":[]}', { a: '[[],{}]', b: '[]' }],
  ['{\n "a": {\r\n  "b": 1\n }\n}', { a: '{  "b": 1 }' }],
  ['{"a":1,"a":2}', { a: '2' }],
  ['{"\\u0061":"\\u0061"}', { a: '"\\u0061"' }],
  ['{"":0,"é":"é"}', { '': '0', é: '"é"' }],
]

test.each(objects)('the members of %p are as they were written', (text, found) => {
  expect(Object.fromEntries(members(text))).toEqual(found)
})

test('a member named __proto__ is one like any other', () => {
  expect([...members('{"__proto__":{"a":1}}')]).toEqual([['__proto__', '{"a":1}']])
})

test('what is found means what JSON.parse reads', () => {
  const value = { a: [1, { b: 'x"}\\' }], 'k,:{': { c: [] }, d: '\n\u2028', e: -0.5 }
  for (const indent of [0, 1, '\t']) {
    const found = members(JSON.stringify(value, null, indent))
    expect(Object.fromEntries([...found].map(([name, text]) => [name, JSON.parse(text)]))).toEqual(value)
    for (const text of found.values()) expect(text).not.toMatch(/[\r\n]/)
  }
})
