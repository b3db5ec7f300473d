import { expect, test } from 'bun:test'
import { internetOnly } from './policy.ts'

const target = (address: string, port = 443, host = 'site.test') => ({ host, address, port })
const own = () => ['198.200.1.1']

test('the public internet is allowed, at the ports of the web', () => {
  const admits = internetOnly({ own })
  expect(admits(target('8.8.8.8'))).toBeTrue()
  expect(admits(target('8.8.8.8', 80))).toBeTrue()
  for (const port of [0, 22, 25, 6379, 8000, 8080]) expect(admits(target('8.8.8.8', port))).toBeFalse()
  expect(internetOnly({ own, ports: [8080] })(target('8.8.8.8', 8080))).toBeTrue()
})

test('the own machine is not, by whatever address', () => {
  expect(internetOnly({ own })(target('198.200.1.1'))).toBeFalse()
  expect(internetOnly()(target('127.0.0.1'))).toBeFalse()
})

test('an operator allows networks, addresses and names of the own network', () => {
  const allow = [
    '10.1.0.0/16',
    '192.168.7.7:3000',
    'fd00:1::/32',
    '[fd00:2::5]:8080',
    'fd00:3::5',
    'Bot.internal:9000',
    'hooks',
  ]
  const admits = internetOnly({ own, allow })
  const yes = [
    target('10.1.2.3', 5000),
    target('192.168.7.7', 3000),
    target('fd00:1::9', 1),
    target('fd00:2::5', 8080),
    target('fd00:3::5', 99),
    target('172.16.0.1', 9000, 'bot.internal'),
    target('127.0.0.1', 1234, 'hooks'),
  ]
  const no = [
    target('10.2.2.3', 443),
    target('192.168.7.7', 3001),
    target('192.168.7.8', 3000),
    target('fd00:2::5', 80),
    target('fd00:3::6', 99),
    target('172.16.0.1', 9001, 'bot.internal'),
    target('172.16.0.1', 9000, 'x.bot.internal'),
    target('127.0.0.1', 1234, 'hooks.example'),
  ]
  expect(yes.filter((each) => !admits(each))).toEqual([])
  expect(no.filter(admits)).toEqual([])
})

test.each([
  '',
  ' ',
  '10.0.0.0/33',
  '10.0.0/8',
  'fd00::/129',
  'http://bot',
  'bot/8',
  '1.2.3',
  '*',
  '10.0.0.1:x',
  '2130706433',
])('an entry %j that cannot be read is refused at once', (entry) => {
  expect(() => internetOnly({ allow: [entry] })).toThrow('is no destination; write a network')
})
