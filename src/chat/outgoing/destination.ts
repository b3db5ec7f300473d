/**
 * From a URL to addresses that may be connected to.
 *
 * A name is resolved here and nowhere after: the connection is made to an
 * address that was checked, not to the name, which may resolve to something
 * else a moment later (DNS rebinding). All addresses of a name must be allowed:
 * one that is not says that the name is not honest, or not meant for us.
 */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { Failure } from './failure.ts'
import type { Policy } from './policy.ts'
import { plainAddress } from './public-address.ts'

export interface Destination {
  readonly url: URL
  readonly port: number
  /** What the certificate has to name; empty for a URL with an address, which is then what it has to name. */
  readonly name: string
  readonly addresses: readonly [string, ...string[]]
}

/** All addresses of a host. Throws or returns none if it has none. */
export type Resolver = (host: string) => Promise<readonly string[]>

export const systemResolver: Resolver = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address)

/** @throws Failure `url`, `host` */
export async function destination(url: URL, resolve: Resolver, admits: Policy): Promise<Destination> {
  checkUrl(url)
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const literal = plainAddress(host)
  const found = literal === undefined ? await addressesOf(host, resolve) : [literal]
  const [first, ...more] = found.filter((address) => address !== undefined)
  if (first === undefined || more.length + 1 < found.length) throw unreachable(host)
  const addresses = [first, ...more] as const
  if (!addresses.every((address) => admits({ host, address, port }))) throw unreachable(host)
  return { url, port, name: isIP(host) === 0 ? host : '', addresses }
}

/** @throws Failure `url` */
export function parseUrl(text: string, base?: URL): URL {
  const url = text.length > longestUrl ? null : URL.parse(text, base)
  if (url === null) throw new Failure('url', 'this is no URL that can be asked')
  checkUrl(url)
  return url
}

function checkUrl(url: URL): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Failure('url', 'only http and https can be asked')
  if (url.username !== '' || url.password !== '')
    throw new Failure('url', 'a URL with a name or a password in it is not asked')
}

async function addressesOf(host: string, resolve: Resolver): Promise<readonly (string | undefined)[]> {
  try {
    return (await resolve(host)).map(plainAddress)
  } catch {
    return [] // the same as a host that has no address; why it has none is nobody's business outside
  }
}

const unreachable = (host: string) =>
  new Failure('host', `${host.slice(0, 100)} has no address that may be reached from here`)
const longestUrl = 4096
