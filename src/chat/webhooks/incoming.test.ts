import { expect, test } from 'bun:test'
import { incoming } from './incoming.ts'

const json = 'application/json'
const form = 'application/x-www-form-urlencoded'
const read = (body: string | object, type = json) =>
  incoming(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), type, { longestText: 100 })

test.each<[string, string, string | object, object]>([
  [
    'ours',
    json,
    { text: 'hi', name: 'Build', avatar: 'https://a.test/i.png' },
    { text: 'hi', name: 'Build', avatar: 'https://a.test/i.png' },
  ],
  [
    'Slack',
    json,
    { text: 'hi', username: 'bot', icon_url: 'https://a.test/i.png', channel: '#x' },
    { text: 'hi', name: 'bot', avatar: 'https://a.test/i.png' },
  ],
  ['Discord', json, { content: 'hi', username: 'bot', avatar_url: null }, { text: 'hi', name: 'bot' }],
  ['with a charset', 'Application/JSON; charset=utf-8', { text: '驿站' }, { text: '驿站' }],
  ['another JSON type', 'application/vnd.x+json', { text: 'hi' }, { text: 'hi' }],
  ['a JSON string', json, '"hi"', { text: 'hi' }],
  ['text', 'text/plain; charset=utf-8', 'hi\nthere', { text: 'hi\nthere' }],
  ['text that looks like JSON', 'text/plain', '{"text":"x"}', { text: '{"text":"x"}' }],
  ['no type', '', 'hi', { text: 'hi' }],
  ['JSON without a type', '', '{"text":"hi"}', { text: 'hi' }],
  ['curl -d text', form, 'a=b & c%20d', { text: 'a=b & c%20d' }],
  ['curl -d JSON', form, ' {"text":"hi"}\n', { text: 'hi' }],
  ['curl -d what begins like JSON', form, '{"a": 1', { text: '{"a": 1' }],
  ['a form', form, 'text=a+b%26c&name=Build', { text: 'a b&c', name: 'Build' }],
  [
    'a form with JSON',
    form,
    `payload=${encodeURIComponent('{"text":"hi","username":"bot"}')}`,
    { text: 'hi', name: 'bot' },
  ],
])('%s', (_, type, body, expected) => {
  expect(read(body, type)).toEqual(expected as ReturnType<typeof read>)
})

test.each<[string, string, string | object, string]>([
  ['nothing', json, '', 'The body is not a JSON object'],
  ['broken JSON', json, '{"text":', 'The body is not a JSON object'],
  ['a list', json, '[1]', 'The body is not a JSON object'],
  ['a number as text', json, { text: 7 }, 'text is not a string'],
  ['no text', json, { name: 'x' }, 'There is no text'],
  ['blanks', 'text/plain', ' \n\0 ', 'There is no text'],
  ['blocks', json, { blocks: [] }, 'Blocks, attachments and embeds are not read'],
  ['too long a text', 'text/plain', '好'.repeat(101), 'The text has 101 characters; 100 fit'],
  ['parts', 'multipart/form-data; boundary=x', '--x', 'Forms with parts are not read'],
  ['an empty form', form, 'text=', 'There is no text'],
])('%s is refused with what to do', (_, type, body, sentence) => {
  expect(read(body, type)).toEqual({ refused: expect.stringContaining(sentence) })
})

test('bytes that are no text are refused', () => {
  expect(incoming(new Uint8Array([0xff, 0xfe]), json, { longestText: 9 })).toEqual({
    refused: 'The body is not UTF-8. Send UTF-8.',
  })
})

test('text stays as it is: markup is nothing special', () => {
  expect(read({ text: '<script>alert(1)</script> **b** [x](javascript:alert(1))' })).toEqual({
    text: '<script>alert(1)</script> **b** [x](javascript:alert(1))',
  })
  expect(read({ text: ' a\r\nb\0\u0007c\uD800 ' })).toEqual({ text: 'a\nbc\uFFFD' })
  expect(read({ text: '🙂'.repeat(100) })).toEqual({ text: '🙂'.repeat(100) })
})

test('a name is a visible line of its own, or none', () => {
  expect(read({ text: 'x', name: ' ad\u202Emin\n\u200B ' })).toEqual({ text: 'x', name: 'admin' })
  expect(read({ text: 'x', name: '\u200B' })).toEqual({ text: 'x' })
  expect(read({ text: 'x', name: 7 })).toEqual({ text: 'x' })
  expect(read({ text: 'x', name: '驿'.repeat(50) })).toEqual({ text: 'x', name: `${'驿'.repeat(31)}…` })
})

test.each([
  'http://a.test/i.png',
  'javascript:alert(1)',
  'data:image/png;base64,x',
  'https://u:p@a.test/',
  'x',
  '',
  7,
  `https://a.test/${'x'.repeat(3000)}`,
])('an avatar %j is left out', (avatar) => {
  expect(read({ text: 'x', avatar })).toEqual({ text: 'x' })
})

test('keys that mean something to JavaScript mean nothing here', () => {
  expect(read('{"__proto__":{"text":"x"},"text":"hi","constructor":1}')).toEqual({ text: 'hi' })
  expect(read('{"__proto__":{"text":"x"}}')).toHaveProperty('refused')
})
