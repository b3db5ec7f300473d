/**
 * Where somebody comes from, as far as it says who it is. One household has one
 * address of IPv4, and billions of IPv6, of which the first 64 bits are its own
 * (RFC 6177): whoever is counted, or kept out, by each of those is not at all.
 */
import { isIPv6 } from 'node:net'

/** The address, or what stands for all of a network: `2001:db8:0:1::/64`. */
export function networkOf(address: string): string {
  const [bare = ''] = address.split('%') // the zone of a link-local one
  if (!isIPv6(bare)) return bare
  const groups = groupsOf(bare)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join('.') // ::ffff:192.0.2.1 is 192.0.2.1
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** The eight numbers of it. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const front = numbersOf(head)
  if (tail === undefined) return front
  const back = numbersOf(tail)
  return [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back]
}

function numbersOf(part: string): number[] {
  if (part === '') return []
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}
