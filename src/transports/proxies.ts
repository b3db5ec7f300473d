/**
 * The proxies in front of the server, as far as they are known by their
 * addresses: what only they can say is believed of nobody else. A proxy appends
 * the address of whoever asked it to `X-Forwarded-For`, so the list is read from
 * its end, and the first one there that is no proxy of ours is who asks; what
 * stands before it is what that one says of itself.
 *
 * Only the `X-Forwarded-…` headers are read, and not `Forwarded` (RFC 7239),
 * too: a proxy writes the one and hands on the other as the visitor sent it, so
 * whoever reads both lets the visitor choose.
 */
import { BlockList, isIP } from 'node:net'

export class Proxies {
  readonly #known = new BlockList()

  /** Addresses, and ranges such as `10.0.0.0/8`. @throws RangeError for what is neither */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const { address, prefix, family } = rangeOf(range)
      this.#known.addSubnet(address, prefix, family)
    }
  }

  has(address: string): boolean {
    const version = isIP(address)
    return version !== 0 && this.#known.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }

  /** Whose request it is that came from `peer`, a proxy, with this header `X-Forwarded-For`. */
  origin(peer: string, forwardedFor: string): string {
    let address = peer
    for (const entry of forwardedFor.split(',').toReversed()) {
      const before = addressOf(entry)
      if (before === undefined) break // "unknown": the proxy that said so is all there is to know
      address = before
      if (!this.has(address)) break
    }
    return address
  }
}

/** @throws RangeError */
export function rangeOf(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } {
  const [, bare = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? []
  const version = isIP(bare)
  const most = version === 4 ? 32 : 128
  const prefix = Number(bits ?? most)
  if (version === 0 || prefix > most) throw new RangeError(`${JSON.stringify(text)} is no address and no range`)
  return { address: bare, prefix, family: version === 4 ? 'ipv4' : 'ipv6' }
}

/** An address in its one spelling, without the port that some proxies add; undefined for what is none. */
export function addressOf(text: string): string | undefined {
  const [, bracketed, version4] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+)(?::\d+)?$/.exec(text.trim()) ?? []
  const [bare = ''] = (bracketed ?? version4 ?? text.trim()).split('%') // without the zone of a link-local one
  if (isIP(bare) !== 6) return isIP(bare) === 4 ? bare : undefined
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(canonical) ?? []
  if (high === undefined || low === undefined) return canonical
  return [high, low].flatMap((part) => [parseInt(part, 16) >> 8, parseInt(part, 16) & 255]).join('.') // IPv4 on a socket of both
}
