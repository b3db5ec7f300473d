import { expect, test } from 'bun:test'
import { contentDisposition, fileName, nameBytes } from './file-name.ts'

const cases: readonly [given: string, name: string][] = [
  ['report.pdf', 'report.pdf'],
  ['Bericht (final) 2.pdf', 'Bericht (final) 2.pdf'],
  ['具体情况.docx', '具体情况.docx'],
  ['👩‍👩‍👧 ❤️.png', '👩‍👩‍👧 ❤️.png'],
  ['می‌خواهم.txt', 'می‌خواهم.txt'],
  ['../../etc/passwd', 'passwd'],
  ['..\\..\\windows\\system.ini', 'system.ini'],
  ['/', 'file'],
  ['..', 'file'],
  ['...', 'file'],
  ['.htaccess', 'htaccess'],
  ['', 'file'],
  ['   ', 'file'],
  ['a\r\nSet-Cookie: x=1.txt', 'a Set-Cookie_ x=1.txt'],
  ['a\0b.txt', 'ab.txt'],
  ['photo_\u202Egpj.exe', 'photo_gpj.exe'],
  ['\u2066a\u2069\uFEFF\u200Bb', 'ab'],
  ['a\u2028b', 'ab'],
  ['"; filename=evil.html', '_; filename=evil.html'],
  ['CON', '_CON'],
  ['nul.txt', '_nul.txt'],
  ['console.log', 'console.log'],
  ['trailing. . .', 'trailing'],
  ['\ud800broken.txt', '\ufffdbroken.txt'],
  ['cafe\u0301.txt', 'caf\u00e9.txt'],
]

test.each(cases)('%j is called %j', (given, name) => {
  expect(fileName(given)).toBe(name)
  expect(fileName(name)).toBe(name)
})

test('a name of 5 kB is cut before its ending, and within no character', () => {
  for (const letter of ['a', 'é', '情', '👩‍👩‍👧', ' .']) {
    const name = fileName(`${letter.repeat(5000)}.jpeg`)
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(nameBytes)
    expect(name).toEndWith('jpeg')
    expect(name.isWellFormed()).toBe(true)
    expect(name.replace(/\.?jpeg$/, '').replaceAll(letter, '')).toBe('')
  }
  expect(Buffer.byteLength(fileName('x'.repeat(50_000_000)))).toBeLessThanOrEqual(nameBytes)
})

test('the header holds no character that could end it', () => {
  for (const [given] of cases) {
    const header = contentDisposition('attachment', fileName(given))
    expect(header).toMatch(
      /^attachment; filename="[^"\\\r\n\x7f-\uffff]+"; filename\*=UTF-8''[-!#$&+.^_`|~0-9A-Za-z%]+$/,
    )
  }
})

test('the name comes out of the header as it is', () => {
  const name = "具体 情况 '(1)*.txt"
  const encoded = /filename\*=UTF-8''(.+)$/.exec(contentDisposition('inline', name))?.[1] ?? ''
  expect(decodeURIComponent(encoded)).toBe(name)
})
