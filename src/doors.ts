/** Which ways in for clients there are, by their address, as the configuration has it. */
import type { Config } from './config.ts'
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
  request: Request,
  server: Bun.Server<Socket>,
) => Response | undefined | Promise<Response | undefined>

export function connectionDoors(config: Config, context: TransportContext): Record<string, Door> {
  const { websocket, http_stream, sse: events, emulation: emulated, uni_websocket, uni_sse, uni_http_stream } = config
  const compressFrom = websocket.compression ? websocket.compression_min_size : Infinity
  const sessions = new Map<string, Stream>()
  const doors: Record<string, Door> = {}
  if (!websocket.disabled) {
    doors['/connection/websocket'] = (request, self) => upgrade(request, self, { ...context, compressFrom })
  }
  if (http_stream.enabled) {
    const options = { maxBody: http_stream.max_request_body_size, sessions }
    doors['/connection/http_stream'] = (request, self) => httpStream(request, self, context, options)
  }
  if (events.enabled) {
    const options = { maxBody: events.max_request_body_size, sessions }
    doors['/connection/sse'] = (request, self) => sse(request, self, context, options)
  }
  if (http_stream.enabled || events.enabled) {
    const options = { maxBody: emulated.max_request_body_size, sessions }
    doors['/emulation'] = (request) => emulation(request, context, options)
  }
  if (uni_websocket.enabled) {
    const options = { ...context, compressFrom, joins: uni_websocket.join_push_messages }
    doors['/connection/uni_websocket'] = (request, self) => upgradeUni(request, self, options)
  }
  if (uni_sse.enabled) {
    doors['/connection/uni_sse'] = (request, self) => uniSse(request, self, context, uni_sse.max_request_body_size)
  }
  if (uni_http_stream.enabled) {
    const { max_request_body_size: maxBody } = uni_http_stream
    doors['/connection/uni_http_stream'] = (request, self) => uniHttpStream(request, self, context, maxBody)
  }
  return doors
}
