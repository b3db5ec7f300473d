import { expect, test } from 'bun:test'
import { signBefore } from './signs.ts'

const found = (text: string) => {
  const sign = signBefore(text, text.length)
  return sign && `${sign.kind}:${sign.query}`
}

test.each<[text: string, sign: string | undefined]>([
  ['@', 'person:'],
  ['hello @An', 'person:An'],
  ['你好@小', 'person:小'],
  ['＠小明', 'person:小明'],
  ['@Ann Le', 'person:Ann Le'],
  ['(@Ann', 'person:Ann'],
  ['@Ann and @Bo', 'person:Bo'],
  ['@ ', undefined],
  ['@Ann  ', undefined],
  ['x@Ann', undefined],
  ['write to a.b@example', undefined],
  ['@Ann\nnext', undefined],
  ['`@Ann', undefined],
  ['`code` @Ann', 'person:Ann'],
  ['```\n@Ann', undefined],
  ['```\ncode\n```\n@Ann', 'person:Ann'],
  [':ta', 'emoji:ta'],
  ['so :+1', 'emoji:+1'],
  ['好:smi', 'emoji:smi'],
  [':笑', 'emoji:笑'],
  ['好 :笑', 'emoji:笑'],
  ['注意:明天', undefined],
  [':D', undefined],
  ['at 12:30', undefined],
  ['https://a.example', undefined],
  ['note:this', undefined],
  ['::ta', undefined],
  ['`:ta', undefined],
  [':tada: ', undefined],
])('%j is %j', (text, sign) => {
  expect(found(text)).toBe(sign)
})

test('only what stands before the caret counts', () => {
  expect(signBefore('@An and more', 3)).toEqual({ kind: 'person', from: 0, to: 3, query: 'An' })
})
