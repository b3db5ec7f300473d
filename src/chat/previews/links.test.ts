import { expect, test } from 'bun:test'
import { links } from './links.ts'

test('links are found in a sentence, without what ends it', () => {
  expect(links('see https://a.test/x.html, (http://b.test/y?q=1#part). And "https://c.test"!')).toEqual([
    'https://a.test/x.html',
    'http://b.test/y?q=1',
    'https://c.test/',
  ])
  expect(links('https://en.wiki.test/Post_(inn)')).toEqual(['https://en.wiki.test/Post_(inn)'])
  expect(links('**https://a.test/** <https://b.test/>')).toEqual(['https://a.test/', 'https://b.test/'])
  expect(links('[name](https://a.test/x "title") ![](https://b.test/i.png)')).toEqual([
    'https://a.test/x',
    'https://b.test/i.png',
  ])
})

test('links are found between Chinese, with and without spaces', () => {
  expect(links('看https://a.test/x这个。还有http://b.test，和https://c.test:8080/y？')).toEqual([
    'https://a.test/x',
    'http://b.test/',
    'https://c.test:8080/y',
  ])
  expect(links('http://a.test/?to=http://b.test')).toEqual(['http://a.test/?to=http://b.test'])
  expect(links('https://a.test看这里')).toEqual(['https://a.test/'])
  expect(links(`https://a.test/${'x'.repeat(3000)}`)).toEqual([])
  expect(links('https://a.test/%E4%B8%8A%E6%B5%B7')).toEqual(['https://a.test/%E4%B8%8A%E6%B5%B7'])
})

test('a host may be written in any script', () => {
  expect(links('https://例子.中国/x https://bücher.test')).toEqual([
    'https://xn--fsqu00a.xn--fiqs8s/x',
    'https://xn--bcher-kva.test/',
  ])
})

test('the first three count, each once', () => {
  expect(links('http://a.test http://a.test/ http://a.test#x http://b.test http://c.test http://d.test')).toEqual([
    'http://a.test/',
    'http://b.test/',
    'http://c.test/',
  ])
  expect(links('http://a.test http://b.test', 1)).toEqual(['http://a.test/'])
})

test('what stands in code does not count', () => {
  expect(links('`http://a.test` ``x ` http://a.test`` http://b.test')).toEqual(['http://b.test/'])
  expect(links('```sh\ncurl http://a.test\n```\nhttp://b.test')).toEqual(['http://b.test/'])
  expect(links('~~~\nhttp://a.test\n\nhttp://a.test')).toEqual([])
  expect(links('```\nhttp://a.test\n````\nhttp://b.test')).toEqual(['http://b.test/'])
  expect(links('a ` alone http://b.test')).toEqual(['http://b.test/'])
})

test('what is no link of the web does not count', () => {
  const texts = [
    'ftp://a.test',
    'javascript:alert(1)',
    'http://',
    'https:// a',
    'http:a.test',
    'xhttp://a.test',
    'http://u:p@a.test/',
    'http://...',
  ]
  expect(texts.flatMap((text) => links(text))).toEqual([])
})

test('no text takes long', () => {
  const long = 30_000
  for (const part of [
    '`',
    '``x',
    'http://',
    'http://a.',
    'http://a.test/(',
    ')',
    '```\n',
    '~~~\n',
    'http://a.test)',
    '`http://a',
    '[',
    'http://驿',
  ])
    expect(links(part.repeat(long / part.length)).length).toBeLessThan(4)
  expect(links(`http://a.test/${')'.repeat(1000)}`)).toEqual(['http://a.test/'])
})
