/** Whoever sends a single request, as the application is asked about it: a client that is connected to nothing. */
import type { Entrance, Identity } from '../core/auth.ts'
import { Client, type Peer } from '../core/client.ts'
import type { Node } from '../core/node.ts'
import { entranceOf } from '../protocol/connect.ts'
import type { Arrival } from './arrival.ts'
import { byHttp } from './http-identity.ts'

export function passingClient(node: Node, id: string, identity: Identity, entrance: Entrance): Client {
  return new Client(node, id, '', identity, nobodyThere, entrance)
}

/** How a request came in, with what the hooks want to see of it again. */
export function entranceBy({ headers }: Arrival, { hooks }: Node): Entrance {
  return entranceOf({ ...byHttp, headers, emulated: new Map() }, hooks.keeps)
}

const nobodyThere: Peer = {
  publication() {},
  joined() {},
  left() {},
  subscribed() {},
  unsubscribed() {},
  refreshed() {},
  disconnected() {},
}
