import { expect, test } from 'bun:test'
import { decodePage } from './charset.ts'

const ascii = (text: string) => [...Buffer.from(text)]
const page = (...parts: (string | number[])[]) =>
  new Uint8Array(parts.flatMap((part) => (typeof part === 'string' ? ascii(part) : part)))
const hello: Readonly<Record<string, number[]>> = {
  gbk: [0xc4, 0xe3, 0xba, 0xc3],
  gb2312: [0xc4, 0xe3, 0xba, 0xc3],
  gb18030: [0xc4, 0xe3, 0xba, 0xc3],
  big5: [0xa7, 0x41, 0xa6, 0x6e],
  'utf-8': ascii('你好'),
  'utf-16le': [0x60, 0x4f, 0x7d, 0x59],
}

test.each(Object.keys(hello))('%s by the header', (name) => {
  for (const type of [`text/html; charset=${name}`, `text/html;charset="${name.toUpperCase()}"`])
    expect(decodePage(page(hello[name] ?? []), type)).toBe('你好')
})

test.each(['gbk', 'gb2312', 'gb18030', 'big5', 'utf-8'])('%s by the page', (name) => {
  for (const meta of [
    `<meta charset=${name}>`,
    `<META CharSet = "${name}">`,
    `<meta http-equiv="Content-Type" content="text/html; charset=${name}">`,
  ])
    expect(decodePage(page('<html><head>', meta, hello[name] ?? []))).toEndWith('你好')
})

test('Japanese and Korean pages', () => {
  expect(decodePage(page([0x93, 0xfa, 0x96, 0x7b]), 'text/html; charset=shift_jis')).toBe('日本')
  expect(decodePage(page('<meta charset=euc-jp>', [0xc6, 0xfc, 0xcb, 0xdc]))).toEndWith('日本')
  expect(decodePage(page('<meta charset=euc-kr>', [0xc7, 0xd1]))).toEndWith('한')
})

test('a byte order mark goes over the header, the header over the page', () => {
  expect(decodePage(page([0xef, 0xbb, 0xbf], '你'), 'text/html; charset=gbk')).toBe('你')
  expect(decodePage(page([0xff, 0xfe, 0x60, 0x4f]), '')).toBe('你')
  expect(decodePage(page([0xfe, 0xff, 0x4f, 0x60]), '')).toBe('你')
  expect(decodePage(page('<meta charset=big5>', hello['gbk'] ?? []), 'text/html; charset=gbk')).toEndWith('你好')
})

test('a page that says nothing, or nonsense, is UTF-8 if it can be', () => {
  for (const said of ['', 'text/html', 'text/html; charset=', 'text/html; charset=klingon']) {
    expect(decodePage(page('你好'), said)).toBe('你好')
    expect(decodePage(page('你好').subarray(0, 5), said)).toBe('你\uFFFD') // cut in a character
    expect(decodePage(page('caf', [0xe9], '!'), said)).toBe('café!')
    expect(decodePage(page('<html lang="zh-CN">', hello['gbk'] ?? []), said)).toEndWith('你好')
  }
  expect(decodePage(page('<meta charset=utf-16>你'))).toEndWith('你')
})

test('no page takes long to be understood', () => {
  for (const part of ['<meta ', '<meta x', 'charset', '<html', '<html lang', ' '])
    expect(decodePage(page(part.repeat(262_144 / part.length))).length).toBeGreaterThan(0)
})
