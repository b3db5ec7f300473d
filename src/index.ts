/**
 * The library: a Posthouse server inside your own program. Whatever `posthouse
 * serve` does, it does by what is exported here. Told with examples in
 * docs/reference/library.md.
 */
export { createServer } from './library/create-server.ts'
export type { Posthouse, CallContext, RpcOptions } from './library/posthouse.ts'
export type { Backup } from './backup.ts'
export type { Application, Options, ServerOptions } from './library/options.ts'

export type {
  Change,
  ConnectionRequest,
  Decisions,
  Grant,
  Identity,
  Offered,
  SubscribeRequest,
} from './library/decisions.ts'
export type { Client } from './library/client.ts'
export type { Schema } from './library/schema.ts'
export { ClientError, Disconnect, disconnects, errors } from './core/errors.ts'

export { of } from './library/publishing.ts'
export type {
  Erased,
  History,
  HistoryOptions,
  Outcome,
  Present,
  Publication,
  Published,
  PublishOptions,
  Sender,
  TrimOptions,
} from './library/publishing.ts'
export { inspect } from './library/inspection.ts'
export type { Channel, InspectedPage, Inspection, InspectOptions } from './library/inspection.ts'
export { json, type JsonText } from './library/values.ts'
export { Refused, type Statement, type StatementParam, StoreError } from './core/store.ts'
export type { SqlRow } from './stores/sql-row.ts'

export type { ApiPart } from './api/openapi.ts'
export type { HttpHandler, HttpOptions, HttpVisit } from './library/http.ts'
export { BodyError, type JsonOptions } from './library/request-body.ts'
export { files, type FilesOptions } from './library/files.ts'
export { send } from './library/send.ts'
export { cookie, type CookieOptions, type SignedCookies } from './library/cookies.ts'
export { RateLimits, type RateLimitsOptions } from './core/rate-limits.ts'
export type { RawSocket, SocketHandlers } from './transports/raw-socket.ts'
export type { Visit } from './transports/visit.ts'

export { loadConfig, type Loaded, type Sources } from './load-config.ts'
export { ConfigError } from './config-file.ts'
export type { Config } from './config.ts'
export type { Log } from './log.ts'
export type { Secrets } from './secrets.ts'
