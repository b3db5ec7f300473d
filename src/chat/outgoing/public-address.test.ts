import { expect, test } from 'bun:test'
import { isPublicAddress, plainAddress } from './public-address.ts'

const words = (text: string) => text.trim().split(/\s+/)
const isPublic = (address: string) => isPublicAddress(plainAddress(address) ?? 'none')

const refused = words(`
  0.0.0.0 0.1.2.3 10.0.0.0 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
  169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1
  198.19.255.255 198.51.100.7 203.0.113.7 168.63.129.16 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 ::
  ::1 fe80::1 fe80::1%eth0 febf::1 fec0::1 fc00::1 fd00:ec2::254 ff02::1 100::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
  ::ffff:a9fe:a9fe 0:0:0:0:0:ffff:7f00:1 ::127.0.0.1 ::8.8.8.8 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::
  64:ff9b:1::8.8.8.8 2002:7f00:1:: 2002:808:808::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1
  2001:10::1 2001:20::1 2001:db8::1 3fff::1 5f00::1 4000::1 ::ffff:0:127.0.0.1 localhost 127.1 0x7f.0.0.1
  2130706433 1.2.3 1.2.3.4.5 [2606:4700::1] 8.8.8.8/32
`)
const taken = words(`
  1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 192.0.1.1
  198.17.255.255 198.20.0.0 223.255.255.255 168.63.129.15 2606:4700:4700::1111 2a00:1450:4001:812::200e
  2400:3200::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8
`)

test.each(['', ...refused])('%s is not on the public internet', (address) => {
  expect(isPublic(address)).toBeFalse()
})

test.each(taken)('%s is on the public internet', (address) => {
  expect(isPublic(address)).toBeTrue()
})

test('an address has one way to be written', () => {
  expect(plainAddress('::ffff:10.1.2.3')).toBe('10.1.2.3')
  expect(plainAddress('::FFFF:0A01:0203')).toBe('10.1.2.3')
  expect(plainAddress('0:0:0:0:0:0:0:1')).toBe('::1')
  expect(plainAddress('FD00:0::0001')).toBe('fd00::1')
  expect(plainAddress('fe80::1%lo')).toBeUndefined()
  expect(plainAddress('site.test')).toBeUndefined()
})

test('no IPv4 address that is refused gets in dressed as IPv6', () => {
  for (const address of refused.filter((each) => /^\d+(\.\d+){3}$/.test(each))) {
    const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
    const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
    for (const dress of [`::ffff:${address}`, `::ffff:${hex}`, `::${hex}`, `64:ff9b::${hex}`, `2002:${hex}::1`])
      expect([dress, isPublic(dress)]).toEqual([dress, false])
  }
})
