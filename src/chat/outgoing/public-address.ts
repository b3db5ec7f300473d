/**
 * Which addresses belong to the public internet, and which to somebody's own
 * network: this machine, its neighbours, a cloud's metadata service.
 *
 * For IPv4 the list names what is not public (IANA special-purpose registry,
 * RFC 6890 and what it was extended by). For IPv6 it is the other way round:
 * only global unicast, 2000::/3, is public, and of that not the parts with a
 * special purpose. So a range that nobody thought of is refused.
 *
 * An IPv4 address can be dressed as an IPv6 one. Where the dress is worn by
 * honest addresses too (mapped; NAT64, which is all that an IPv6-only network
 * gets from its DNS64), the address inside decides. Tunnels that nobody uses
 * any more (6to4, Teredo, IPv4-compatible) are refused.
 */
import { BlockList, isIP } from 'node:net'

/** @param address as `plainAddress` gives it */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !specialIpv4.check(address, 'ipv4')
  if (isIP(address) !== 6) return false
  const inside = nat64.check(address, 'ipv6') ? lastIpv4(address) : undefined
  if (inside !== undefined) return isPublicAddress(inside)
  return globalUnicast.check(address, 'ipv6') && !specialIpv6.check(address, 'ipv6')
}

/** The one way to write an address: an IPv4 address that is dressed as IPv6 (::ffff:0:0/96) is plain IPv4. Undefined if it is none. */
export function plainAddress(address: string): string | undefined {
  if (isIP(address) === 4) return address
  if (isIP(address) !== 6 || address.includes('%')) return undefined // a zone means a neighbour
  const plain = compressed(address)
  return /^::ffff:[0-9a-f]+:[0-9a-f]+$/.test(plain) ? lastIpv4(plain) : plain
}

/** A list of networks to ask, such as `10.0.0.0/8`. */
export function networks(...written: readonly string[]): BlockList {
  const list = new BlockList()
  for (const each of written) {
    const [address = '', bits] = each.split('/')
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    list.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family)
  }
  return list
}

/** The IPv4 address in the last 32 bits. */
function lastIpv4(address: string): string {
  const groups = compressed(address)
    .replace('::', `:${'0:'.repeat(8)}`)
    .split(':')
    .slice(-2)
  const [high = 0, low = 0] = groups.map((group) => Number.parseInt(group || '0', 16))
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** As RFC 5952 writes it, without dots in it. */
function compressed(ipv6: string): string {
  return new URL(`http://[${ipv6}]/`).hostname.slice(1, -1)
}

const specialIpv4 = networks(
  '0.0.0.0/8', // this network; 0.0.0.0 is this machine
  '10.0.0.0/8', // private
  '100.64.0.0/10', // behind a carrier's NAT; 100.100.100.200 is Alibaba's metadata service
  '127.0.0.0/8', // this machine
  '168.63.129.16/32', // Azure's metadata service, in the midst of public addresses
  '169.254.0.0/16', // link-local; 169.254.169.254 is the metadata service of most clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments; 192.0.0.192 is Oracle's metadata service
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
)
const globalUnicast = networks('2000::/3')
const specialIpv6 = networks(
  '2001::/23', // protocol assignments, with Teredo (2001::/32), benchmarks and ORCHID
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: an IPv4 address inside
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
)
const nat64 = networks('64:ff9b::/96')
