/**
 * The library: a Posthouse server inside your own program. Whatever `posthouse
 * serve` does, it does by what is exported here.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { ClientError, Disconnect } from './core/errors.ts'
import type { Hooks } from './core/hooks.ts'
import type { Node } from './core/node.ts'
import type { Log } from './log.ts'
import { openSecrets, type Secrets } from './secrets.ts'
import { type RouteHandler, startServer } from './server.ts'
import { openSqliteStore } from './stores/sqlite.ts'

export type { Config } from './config.ts'
export type { ConnectRequest, Entrance, Identity, Override, SubscriptionGrant } from './core/auth.ts'
export type { Client } from './core/client.ts'
export type {
  Answer,
  Hooks,
  PublishGrant,
  PublishQuestion,
  Renewal,
  RpcHandler,
  SubscribeQuestion,
} from './core/hooks.ts'
export type { PublishOptions } from './core/node.ts'
export type { ClientInfo, Draft, Payload, Position, Publication } from './core/publication.ts'
export type { Appended } from './core/store.ts'
export { ClientError, Disconnect }
export type { RouteHandler }

/** What an application adds to a server. */
export interface Application {
  readonly hooks?: Hooks
  readonly routes?: Readonly<Record<string, RouteHandler>>
  /** Called once the server listens. */
  readonly started?: () => void
}

export interface ServerOptions {
  readonly config: Config
  readonly log: Log
  /** Is handed the server that it is a part of, to publish through later; nothing can be published before the server listens. */
  readonly application?: (server: Posthouse) => Application
}

/** A running server, as a program holds it. */
export interface Posthouse extends Pick<Node, 'publish'> {
  /** Where it listens. */
  readonly url: URL
  readonly secrets: Secrets
  readonly report: (error: unknown) => void
  /** Resolves when the last acknowledged publication is safe and every client has been told to come back. */
  close(): Promise<void>
}

/** @throws ConfigError, StoreError; and an error with the code `EADDRINUSE` if the port is taken */
export async function createServer({ config, log, application }: ServerOptions): Promise<Posthouse> {
  const secrets = openSecrets(config)
  mkdirSync(config.data.dir, { recursive: true })
  const store = await openSqliteStore({ file: join(config.data.dir, 'posthouse.db') })
  const server: Posthouse = {
    publish: (...args) => running.node.publish(...args),
    get url() {
      return running.url
    },
    secrets,
    report: (error) => log.error('internal error', { error }),
    close: () => running.close(),
  }
  const added = application?.(server)
  const running = await start()
  added?.started?.()
  return server

  async function start() {
    try {
      return startServer({ config, secrets, store, log, hooks: added?.hooks, routes: added?.routes })
    } catch (error) {
      await store.close()
      throw error
    }
  }
}
