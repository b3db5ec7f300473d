/** A server, as a program holds it. */
import type { ApiPart } from '../api/openapi.ts'
import type { Backup } from '../backup.ts'
import { errors } from '../core/errors.ts'
import type { RpcHandler } from '../core/hooks.ts'
import type { Position } from '../core/publication.ts'
import type { Statement } from '../core/store.ts'
import type { Secrets } from '../secrets.ts'
import type { DoorMaker, RunningServer } from '../server.ts'
import type { MemoryStore } from '../stores/memory.ts'
import { SqliteStore } from '../stores/sqlite.ts'
import type { SqlRow } from '../stores/sql-row.ts'
import { rawSockets, type SocketDefaults, type SocketHandlers } from '../transports/raw-socket.ts'
import { backUpInThread } from './backup.ts'
import { type Client, clientOf, toDisconnect, toUnsubscribe } from './client.ts'
import type { SignedCookies } from './cookies.ts'
import { dataFolder } from './data-folder.ts'
import { httpDoor, type HttpHandler, type HttpOptions } from './http.ts'
import {
  broadcast,
  history,
  type History,
  type HistoryOptions,
  type Outcome,
  type Present,
  publish,
  type Published,
  type PublishOptions,
  toPresent,
  trim,
  type TrimOptions,
} from './publishing.ts'
import type { Application } from './options.ts'
import { check, type Schema } from './schema.ts'
import { fromPayload, toPayloadIfAny } from './values.ts'

/** Who calls. */
export interface RpcOptions {
  /** The handler sees to it by itself how often it is called: `client.publish_rate_limit` does not count these calls. */
  readonly ownLimits?: boolean | undefined
}

export interface CallContext {
  readonly client: Client
  /** The same as `client.user`. */
  readonly user: string
}

/** @internal */
export interface PosthouseParts {
  readonly secrets: Secrets
  readonly cookies: SignedCookies
  readonly store: SqliteStore | MemoryStore
  readonly socketDefaults: SocketDefaults
  readonly methods: Map<string, RpcHandler>
  readonly dataDir: string | undefined // undefined: nothing is kept
  readonly maxBody: number // bytes, where a path does not say
  readonly report: (error: unknown) => void
}

export class Posthouse implements AsyncDisposable {
  readonly #parts: PosthouseParts
  #server: RunningServer | undefined
  #application: Application = {}
  #waiting: [path: string, make: DoorMaker][] = []
  #described: (() => ApiPart)[] = []
  readonly #leaving = new AbortController()
  #closing: Promise<void> | undefined

  /** Use `createServer`. @internal */
  constructor(parts: PosthouseParts) {
    this.#parts = parts
  }

  /** Where it listens. */
  get url(): URL {
    return this.#running.url
  }

  get address(): string {
    return this.url.hostname
  }

  get port(): number {
    return this.#running.port
  }

  /** The secrets in force: to sign tokens with, and the key of the server API. */
  get secrets(): Secrets {
    return this.#parts.secrets
  }

  /** Cookies with values that nobody can change, signed with a key that is made of the token secret. */
  get cookies(): SignedCookies {
    return this.#parts.cookies
  }

  /** To the log, as a fault. */
  report(error: unknown): void {
    this.#parts.report(error)
  }

  // --- channels -------------------------------------------------------------------

  /**
   * Publishes a value that JSON can say, bytes, or JSON that is written already
   * (`json`). Resolves when it is on the disk; in a channel without history,
   * when it is handed on.
   * @throws ClientError 102, 107; 100 when it could not be written, and was not
   * @throws Refused by a guard, StoreError (`constraint`) when a statement broke one; nothing happened
   */
  publish(channel: string, data: unknown, options: PublishOptions = {}): Promise<Published> {
    return publish(this.#running.node, channel, data, options)
  }

  /** The same to many channels. What fails in one does not stop the others. */
  broadcast(channels: readonly string[], data: unknown, options: PublishOptions = {}): Promise<readonly Outcome[]> {
    return broadcast(this.#running.node, channels, data, options)
  }

  /** @throws ClientError 102, 107; 108 where nothing is kept; 112 where it is not the log that it was */
  history(channel: string, options: HistoryOptions = {}): Promise<History> {
    return history(this.#running.node, channel, options)
  }

  /**
   * Forgets the publications of a channel before an offset; where it ends, and
   * its epoch, stay. Readers whose position lies further back are told that they
   * cannot recover. Resolves when that is on the disk; the space is given free
   * little by little.
   * @throws ClientError 102, 107; 108 where nothing is kept; 100 when it could not be written, and was not
   * @throws RangeError for what is no offset; Refused, StoreError (`constraint`) as `publish`
   */
  trim(channel: string, options: TrimOptions): Promise<void> {
    return trim(this.#running.node, channel, options)
  }

  /** Who is in a channel, one entry a connection. @throws ClientError 102, 107; 108 where presence is off */
  async presence(channel: string): Promise<readonly Present[]> {
    const { node } = this.#running
    if (!node.rules.namespace(channel).presence) throw errors.notAvailable()
    return [...node.presence.list(channel).values()].map(toPresent)
  }

  // --- users ----------------------------------------------------------------------

  /** The connections of a user. */
  clients(user: string): readonly Client[] {
    return this.#running.node.of(user).map(clientOf)
  }

  /** Subscribes all connections of a user, whatever the rules say. @throws ClientError 102, 107 */
  async subscribe(user: string, channel: string): Promise<void> {
    await this.#running.node.subscribe(user, channel, {})
  }

  /**
   * Ends what all connections of a user read of a channel, at every door: nothing
   * that is published from now on reaches them by it. With a code up to 2499 (2000
   * if nothing is said) clients stay away by themselves, from 2500 on they
   * subscribe again; whoever does is asked about in `onSubscribe`.
   * @throws ClientError 102, 107; RangeError for a code that is none
   */
  unsubscribe(user: string, channel: string, { code, reason }: { code?: number; reason?: string } = {}): void {
    this.#running.node.unsubscribe(user, channel, toUnsubscribe(code, reason))
  }

  /** Ends all connections of a user. 3503 if nothing is said: they stay away. @throws RangeError for a code that is none */
  disconnect(user: string, { code, reason }: { code?: number; reason?: string } = {}): void {
    this.#running.node.disconnect(user, toDisconnect(code, reason))
  }

  // --- the database -----------------------------------------------------------------

  /** What a SELECT finds, in all that is committed. Synchronous: what takes long makes everybody wait. @throws StoreError */
  sql(query: string, ...params: readonly (string | number | bigint | null | Uint8Array)[]): readonly SqlRow[] {
    return this.#sqlite.query(query, ...params)
  }

  /**
   * Several reads of one state: what `sql` and `position` find within `read` was
   * committed together, whatever is committed meanwhile. One within another
   * joins it. `read` cannot wait for anything: there is no snapshot any more
   * after it. Returns what `read` returns.
   * @throws what `read` throws; TypeError if it returns a promise
   */
  snapshot<T>(read: () => T): T {
    return this.#parts.store.snapshot(() => {
      const found = read()
      if (found instanceof Promise) throw new TypeError('what is read in a snapshot cannot be waited for')
      return found
    })
  }

  /**
   * Where the log of a channel ends: a reader that continues from there gets
   * what comes after. Within `snapshot`, the end that belongs to what else is read there.
   * @throws ClientError 102, 107; 108 where nothing is kept; StoreError
   */
  position(channel: string): Position {
    if (this.#running.node.rules.namespace(channel).retention === undefined) throw errors.notAvailable()
    return this.#parts.store.position(channel)
  }

  /** Statements without a publication, in one transaction, in order with the publications. @throws StoreError, Refused; and then nothing was written */
  write(...statements: readonly Statement[]): Promise<void> {
    return this.#sqlite.write(statements)
  }

  /**
   * The path of a folder of this name inside of the data folder, for files of
   * your own; it is made if it is not there, and nobody else may look into it.
   * @throws TypeError with `data.memory`, and for a name of other than letters, digits, "-" and "_"
   */
  dataFolder(name: string): string {
    const { dataDir } = this.#parts
    if (dataDir !== undefined) return dataFolder(dataDir, name)
    throw new TypeError('with data.memory there is no data folder; give the server one (data.dir)')
  }

  /**
   * Saves the database as it is at one moment, the folders of `dataFolder` and
   * the secrets into a new folder, while everything goes on; `posthouse restore`
   * brings it back. Resolves when all of it is on the disk.
   * @throws StoreError, and then there is no such folder; TypeError with `data.memory`
   */
  async backup(folder: string): Promise<Backup> {
    const { dataDir } = this.#parts
    if (dataDir !== undefined) return backUpInThread(dataDir, folder, this.#leaving.signal)
    throw new TypeError('with data.memory there is nothing to save; give the server a folder (data.dir)')
  }

  get #sqlite(): SqliteStore {
    if (this.#parts.store instanceof SqliteStore) return this.#parts.store
    throw new TypeError('with data.memory there is no SQL; give the server a folder (data.dir)')
  }

  // --- what is served -----------------------------------------------------------------

  /**
   * What clients may call. What they send is checked first: any schema library
   * will do that speaks Standard Schema. What the handler returns is sent back.
   */
  rpc<Params>(
    name: string,
    schema: Schema<Params>,
    handler: (params: Params, context: CallContext) => unknown,
    { ownLimits = false }: RpcOptions = {},
  ): void {
    const { methods } = this.#parts
    if (methods.has(name)) throw new Error(`there is a method ${name} already`)
    methods.set(name, async (connection, data) => {
      if (!ownLimits) connection.spend()
      const client = clientOf(connection)
      const params = await check(schema, fromPayload(data))
      return toPayloadIfAny(await handler(params, { client, user: client.user }))
    })
  }

  /** Answers HTTP at a path, which may have parts such as `:name`, and `*` at its end. @throws Error if something is there already */
  http(path: string, handler: HttpHandler, options: HttpOptions = {}): void {
    const { maxBody = this.#parts.maxBody } = options
    if (!(maxBody >= 0)) throw new RangeError(`maxBody is a number of bytes, not ${maxBody}`)
    this.#open(path, () => httpDoor(path, handler, maxBody, options))
    if (options.describe !== undefined) this.#describe(options.describe)
  }

  /** Speaks WebSocket at a path, as the program likes: no protocol, no channels. @throws Error if something is there already */
  socket<Data = undefined>(path: string, handlers: SocketHandlers<Data>): void {
    this.#open(path, (context) => rawSockets(path, handlers, this.#parts.socketDefaults, context))
  }

  #describe(part: () => ApiPart): void {
    if (this.#server !== undefined) this.#server.describe(part)
    else this.#described.push(part)
  }

  #open(path: string, make: DoorMaker): void {
    if (!path.startsWith('/')) throw new Error(`a path begins with "/", and ${JSON.stringify(path)} does not`)
    if (this.#server !== undefined) this.#server.open(path, make)
    else this.#waiting.push([path, make])
  }

  // --- beginning and end ----------------------------------------------------------------

  /** By `createServer`, once it listens. @internal */
  attach(server: RunningServer, application: Application): void {
    this.#server = server
    this.#application = application
    for (const [path, make] of this.#waiting) server.open(path, make)
    this.#waiting = []
    for (const part of this.#described) server.describe(part)
    this.#described = []
  }

  /** Resolves when every client has been told to come back and the last acknowledged publication is safe. Nothing is left behind. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    this.#leaving.abort()
    try {
      await this.#application.closing?.()
    } catch (error) {
      this.report(error)
    }
    await this.#running.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  get #running(): RunningServer {
    if (this.#server === undefined) throw new Error('the server does not listen yet')
    return this.#server
  }
}
