/** Starts a server inside a program. */
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { databaseName } from '../data-dir.ts'
import { joinHooks, type RpcHandler } from '../core/hooks.ts'
import { createLog } from '../log.ts'
import { openSecrets } from '../secrets.ts'
import { startServer } from '../server.ts'
import { MemoryStore } from '../stores/memory.ts'
import { openSqliteStore, type SqliteStore } from '../stores/sqlite.ts'
import { SignedCookies } from './cookies.ts'
import { hooksOf } from './decisions.ts'
import { configOf, isLog, type ServerOptions, withNamespaces } from './options.ts'
import { Posthouse } from './posthouse.ts'

/**
 * Resolves when the server listens.
 * @throws ConfigError, StoreError; and an error with the code `EADDRINUSE` if the port is taken
 */
export async function createServer(options: ServerOptions = {}): Promise<Posthouse> {
  const { config, warnings } = configOf(options)
  const log = isLog(options.log) ? options.log : createLog(config.log.level, process.stderr)
  for (const warning of warnings) log.warn(warning)
  const secrets = openSecrets(config)
  const store = await openStore(config)
  const report = (error: unknown) => log.error('internal error', { error })
  const methods = new Map<string, RpcHandler>()
  const { compression, compression_min_size, message_size_limit } = config.websocket
  const server = new Posthouse({
    secrets,
    cookies: new SignedCookies(secrets.tokenSecret, config.http_server.tls.enabled),
    store,
    socketDefaults: { compressFrom: compression ? compression_min_size : Infinity, maxMessageSize: message_size_limit },
    methods,
    dataDir: config.data.memory ? undefined : config.data.dir,
    maxBody: config.http_api.body_size_limit,
    report,
  })
  try {
    const application = (await options.application?.(server)) ?? {}
    const hooks = joinHooks(hooksOf(options, report), hooksOf(application, report))
    const running = startServer({
      config: withNamespaces(config, application.namespaces),
      secrets,
      store,
      log,
      hooks: { ...hooks, rpc: methods },
    })
    try {
      server.attach(running, application)
    } catch (error) {
      await running.close()
      throw error
    }
    application.started?.()
    return server
  } catch (error) {
    await store.close()
    throw error
  }
}

function openStore(config: Config): Promise<SqliteStore> | MemoryStore {
  return config.data.memory ? new MemoryStore() : openSqliteStore({ file: join(config.data.dir, databaseName) })
}
