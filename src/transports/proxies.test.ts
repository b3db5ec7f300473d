import { expect, test } from 'bun:test'
import { addressOf, Proxies, rangeOf } from './proxies.ts'

const proxies = new Proxies(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1'])

const known: readonly (readonly [string, boolean])[] = [
  ['10.255.0.1', true],
  ['11.0.0.1', false],
  ['192.0.2.7', true],
  ['192.0.2.8', false],
  ['2001:db8:1:2::3', true],
  ['2001:db9::', false],
  ['::1', true],
  ['', false],
  ['unknown', false],
]
test.each(known)('%j is a proxy: %p', (address, is) => {
  expect(proxies.has(address)).toBe(is)
})

const chains: readonly (readonly [header: string, who: string])[] = [
  ['', '10.0.0.1'],
  ['203.0.113.9', '203.0.113.9'],
  ['203.0.113.9, 10.0.0.2', '203.0.113.9'],
  ['198.51.100.1, 203.0.113.9, 10.0.0.2 ,2001:db8::9', '203.0.113.9'], // the first is what the visitor claims
  ['10.0.0.3', '10.0.0.3'], // somebody within
  ['203.0.113.9, unknown, 10.0.0.2', '10.0.0.2'],
  ['203.0.113.9:4711', '203.0.113.9'],
  ['[2001:DB9:0::1]:4711', '2001:db9::1'],
  ['2001:DB9:0:0::1', '2001:db9::1'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['for=203.0.113.9', '10.0.0.1'],
  ['203.0.113.9,', '10.0.0.1'],
]
test.each(chains)('of %j the visitor is %s', (header, who) => {
  expect(proxies.origin('10.0.0.1', header)).toBe(who)
})

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:127.0.0.1', '127.0.0.1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::1', '::1'],
])('%s is written %s', (given, written) => {
  expect(addressOf(given)).toBe(written)
})

test.each(['', 'localhost', '1.2.3', '300.1.1.1', '1.2.3.4.5', 'a::b::c', '1.2.3.4:port'])(
  '%j is no address',
  (text) => {
    expect(addressOf(text)).toBeUndefined()
  },
)

test.each(['', '10.0.0.0/33', '10.0.0/8', '::/129', 'example.com', '10.0.0.0/-1', '10.0.0.0/', '*'])(
  '%j is no range',
  (text) => {
    expect(() => rangeOf(text)).toThrow(RangeError)
  },
)
