/** Sites on loopback that answer as they please, byte for byte, and what reaches exactly them. */
import { createServer, type Socket } from 'node:net'
import type { Outgoing } from '../src/chat/outgoing/outgoing.ts'

export interface Site extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** The heads of the requests that came, with their bodies as far as they came along. */
  readonly requests: string[]
  /** Connections that were opened. */
  readonly opened: () => number
  /** Bytes handed to the kernel by `endless`. */
  sent: number
}

export type Script = (socket: Socket, request: string, site: Site) => void

export async function site(script: Script): Promise<Site> {
  const sockets = new Set<Socket>()
  let opened = 0
  const server = createServer((socket) => {
    opened++
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    socket.once('data', (bytes) => {
      made.requests.push(bytes.toString())
      script(socket, bytes.toString(), made)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const made: Site = {
    port,
    url: `http://site.test:${port}/`,
    requests: [],
    opened: () => opened,
    sent: 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
  return made
}

/** A site that sends one answer and closes. */
export const says = (head: string, body: string | Uint8Array = '') =>
  site((socket) => {
    socket.write(`HTTP/1.1 ${head}\r\n\r\n`)
    socket.end(body)
  })

/** Writes the same again and again, as fast as it is taken. */
export function endless(socket: Socket, from: Site, chunk: string | Uint8Array): void {
  const go = () => {
    while (!socket.destroyed && socket.write(chunk)) from.sent += chunk.length
    if (!socket.destroyed) socket.once('drain', go)
  }
  go()
}

/** Every name is loopback, and only these ports may be reached there. */
export function outgoingTo(...sites: readonly { readonly port: number }[]): Outgoing {
  const ports = sites.map(({ port }) => port)
  return {
    resolve: () => Promise.resolve(['127.0.0.1']),
    admits: ({ address, port }) => address === '127.0.0.1' && ports.includes(port),
    userAgent: 'posthouse-test',
  }
}
