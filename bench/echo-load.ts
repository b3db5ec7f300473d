/** Sockets that each send the next message when the last one has come back. */
import { textFrame } from './frames.ts'

interface Question {
  readonly port: number
  readonly sockets: number
  readonly roundTrips: number // of each
  readonly bytes: number
}

process.on('message', async ({ port, sockets, roundTrips, bytes }: Question) => {
  const frame = textFrame('x'.repeat(bytes))
  const answer = frame.length - 4 // what comes back is not masked
  await Promise.all(Array.from({ length: sockets }, () => play(port, frame, answer, roundTrips)))
  process.send?.({})
})
process.send?.({})

function play(port: number, frame: Uint8Array, answer: number, roundTrips: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = roundTrips
    let missing = -1 // bytes of the answer that are still to come; -1 before the handshake is done
    void Bun.connect({
      hostname: '127.0.0.1',
      port,
      socket: {
        open: (socket) => void socket.write(handshake),
        data(socket, data) {
          if (missing >= 0) missing -= data.length
          if (missing > 0) return
          if (missing < 0 && !data.toString('latin1').startsWith('HTTP/1.1 101')) return reject(new Error(String(data)))
          if (left-- === 0) {
            socket.end()
            return resolve()
          }
          missing = answer
          socket.write(frame)
        },
        error: (_, error) => reject(error),
      },
    })
  })
}

const handshake = [
  'GET /echo HTTP/1.1',
  'Host: x',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '\r\n',
].join('\r\n')
