import { expect, test } from 'bun:test'
import { newSecret, signed } from './signature.ts'

// The values of the example that the libraries of Standard Webhooks are tested with.
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const [id, seconds, body] = ['msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}']
const expected = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

test('a request is signed as the specification has it', () => {
  expect(signed(id, seconds * 1000 + 999, body, [secret])).toEqual({
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': expected,
  })
})

test('while a secret is changed there is a signature for each', () => {
  const other = newSecret()
  const both = signed(id, seconds * 1000, body, [other, secret])['webhook-signature']?.split(' ')
  expect(both).toHaveLength(2)
  expect(both?.[1]).toBe(expected)
  expect(both?.[0]).toBe(signed(id, seconds * 1000, body, [other])['webhook-signature'])
})

test('a change of anything changes the signature', () => {
  const all = [
    signed(id, seconds * 1000, body, [secret]),
    signed('msg_other', seconds * 1000, body, [secret]),
    signed(id, (seconds + 1) * 1000, body, [secret]),
    signed(id, seconds * 1000, `${body} `, [secret]),
    signed(id, seconds * 1000, body, [newSecret()]),
  ]
  expect(new Set(all.map((headers) => headers['webhook-signature'])).size).toBe(all.length)
})

test('a new secret is 256 bits of chance', () => {
  const secrets = Array.from({ length: 100 }, newSecret)
  expect(new Set(secrets).size).toBe(100)
  for (const each of secrets) {
    expect(each).toStartWith('whsec_')
    expect(Buffer.from(each.slice(6), 'base64')).toHaveLength(32)
  }
})
