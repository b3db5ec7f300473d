/**
 * Where the server may connect to on behalf of people: to the public internet,
 * at the ports of the web, and to what the operator allows besides.
 *
 * People choose the addresses of previews and webhooks, so these are the door
 * through which a stranger would have the server knock inside its own network
 * (server-side request forgery). A policy is asked about the very address that
 * is connected to, never about a name alone.
 */
import { networkInterfaces } from 'node:os'
import type { BlockList } from 'node:net'
import { isIP } from 'node:net'
import { isPublicAddress, networks, plainAddress } from './public-address.ts'

interface Target {
  readonly host: string // as the URL has it, without brackets and final dot
  readonly address: string // that this host has, in plain form
  readonly port: number
}

export type Policy = (target: Target) => boolean

export interface PolicyOptions {
  readonly ports?: readonly number[]
  /**
   * What is allowed though it is not public: networks (`10.0.0.0/8`), addresses
   * (`10.0.0.5`, `[fd00::5]`), host names (`bot.internal`), each with a port
   * (`10.0.0.5:3000`) or for any. A name is allowed whatever its address is: who
   * lists it trusts whoever says what it resolves to.
   */
  readonly allow?: readonly string[]
  /** The addresses of this machine: what listens on them may count on a firewall that the machine itself is behind. */
  readonly own?: () => readonly string[]
}

/** @throws RangeError for an entry of `allow` that cannot be read */
export function internetOnly({ ports = [80, 443], allow = [], own = ownAddresses }: PolicyOptions = {}): Policy {
  const allowed = allow.map(readEntry)
  return (target) => {
    if (allowed.some((entry) => entry(target))) return true
    if (!ports.includes(target.port) || !isPublicAddress(target.address)) return false
    return !own().includes(target.address)
  }
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap(
    (each) => each?.map(({ address }) => plainAddress(address) ?? '') ?? [],
  )
}

function readEntry(entry: string): Policy {
  const { what, bits, port } = entryShape.exec(entry.trim().toLowerCase())?.groups ?? {}
  if (what === undefined) throw new RangeError(cannotRead(entry))
  const matches = matcher(what.replaceAll(/[[\]]/g, ''), bits, entry)
  return (target) => matches(target) && (port === undefined || Number(port) === target.port)
}

function matcher(what: string, bits: string | undefined, entry: string): (target: Target) => boolean {
  const family = isIP(what)
  if (family === 0) {
    if (bits !== undefined || !/[a-z]/.test(what) || what.includes(':')) throw new RangeError(cannotRead(entry))
    return ({ host }) => host === what
  }
  if (Number(bits ?? 0) > (family === 4 ? 32 : 128)) throw new RangeError(cannotRead(entry))
  const list = networks(bits === undefined ? what : `${what}/${bits}`)
  return ({ address }) => isListed(list, address)
}

function isListed(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}

const cannotRead = (entry: string) =>
  `${entry} is no destination; write a network (10.0.0.0/8), an address (10.0.0.5) or a host name, with a port (bot.internal:3000) or without`
const entryShape =
  /^(?<what>\[[0-9a-f:.]+\]|[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*|[^\s:/[\]]+)(?:\/(?<bits>\d{1,3}))?(?::(?<port>\d{1,5}))?$/
