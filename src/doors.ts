/** Which ways in for clients there are, by their address, as the configuration has it. */
import type { Config } from './config.ts'
import type { Arrival } from './transports/arrival.ts'
import { emulation } from './transports/emulation.ts'
import { httpStream } from './transports/http-stream.ts'
import { sse } from './transports/sse.ts'
import type { Stream } from './transports/stream.ts'
import type { Socket, TransportContext } from './transports/transport.ts'
import { uniHttpStream } from './transports/uni-http-stream.ts'
import { uniSse } from './transports/uni-sse.ts'
import { upgradeUni } from './transports/uni-websocket.ts'
import { upgrade } from './transports/websocket.ts'

/** Undefined: the request has become a WebSocket. */
export type Door = (
  arrival: Arrival,
  server: Bun.Server<Socket>,
) => Response | undefined | Promise<Response | undefined>

export function connectionDoors(config: Config, context: TransportContext): Record<string, Door> {
  const { websocket, http_stream, sse: events, emulation: emulated, uni_websocket, uni_sse, uni_http_stream } = config
  const compressFrom = websocket.compression ? websocket.compression_min_size : Infinity
  const sessions = new Map<string, Stream>()
  const doors: Record<string, Door> = {}
  if (!websocket.disabled) {
    doors['/connection/websocket'] = (arrival, self) => upgrade(arrival, self, { ...context, compressFrom })
  }
  if (http_stream.enabled) {
    const options = { maxBody: http_stream.max_request_body_size, sessions }
    doors['/connection/http_stream'] = (arrival, self) => httpStream(arrival, self, context, options)
  }
  if (events.enabled) {
    const options = { maxBody: events.max_request_body_size, sessions }
    doors['/connection/sse'] = (arrival, self) => sse(arrival, self, context, options)
  }
  if (http_stream.enabled || events.enabled) {
    const options = { maxBody: emulated.max_request_body_size, sessions }
    doors['/emulation'] = (arrival) => emulation(arrival, context, options)
  }
  if (uni_websocket.enabled) {
    const options = { ...context, compressFrom, joins: uni_websocket.join_push_messages }
    doors['/connection/uni_websocket'] = (arrival, self) => upgradeUni(arrival, self, options)
  }
  if (uni_sse.enabled) {
    doors['/connection/uni_sse'] = (arrival, self) => uniSse(arrival, self, context, uni_sse.max_request_body_size)
  }
  if (uni_http_stream.enabled) {
    const { max_request_body_size: maxBody } = uni_http_stream
    doors['/connection/uni_http_stream'] = (arrival, self) => uniHttpStream(arrival, self, context, maxBody)
  }
  return doors
}
