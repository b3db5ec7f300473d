/**
 * `posthouse serve`: the server and the chat, which is the first program that
 * is built on the library.
 */
import { parseArgs } from 'node:util'
import { chat } from '../chat/index.ts'
import { createServer, type Posthouse } from '../index.ts'
import { createLog, type Log } from '../log.ts'
import { chatOptions } from './chat-options.ts'
import { configFlags, loadFromFlags } from './config-flags.ts'
import { welcome } from './welcome.ts'

const usage = `Usage: posthouse serve [--config <file>] [--port 8000] [--address <ip>] [--data ./data] [--<option> <value> …]

Starts the server. \`posthouse config\` lists all options.`

export async function serve(args: string[]): Promise<number | void> {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: { ...configFlags, help: { type: 'boolean', short: 'h' } },
  })
  if (values['help'] === true) return console.log(usage)
  const { config, warnings } = loadFromFlags(values, process.env)
  const log = createLog(config.log.level, process.stdout)
  for (const warning of warnings) log.warn(warning)
  let server: Posthouse
  try {
    server = await createServer({
      config,
      log,
      ...(config.chat.enabled && { application: chat(chatOptions(config.chat)) }),
    })
  } catch (error) {
    const sentence = startTrouble(error, config.http_server.port)
    if (sentence === undefined) throw error
    console.error(`posthouse: ${sentence}`)
    return 1
  }
  log.info('listening', { url: server.url.href, data: config.data.dir })
  // To people, and beside the log: what is made on the first start is said once, wherever it is started from.
  if (process.stderr.isTTY || server.secrets.fresh.length > 0) console.error(welcome(server, config))
  await ending(log)
  log.info('stopping')
  const timer = setTimeout(() => process.exit(1), config.shutdown.timeout)
  await server.close()
  clearTimeout(timer)
  log.info('stopped')
  process.exit(0) // whatever an application left running
}

/** What a person can do something about, in a sentence. */
function startTrouble(error: unknown, port: number): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && error.code === 'EADDRINUSE') {
    return `port ${port} is taken; stop what listens there, or choose another with --port`
  }
  if ('code' in error && error.code === 'EACCES')
    return `port ${port} is not for this user; choose one above 1023 with --port`
  return error.name === 'StoreError' ? error.message : undefined
}

/** Resolves at the first request to stop. A second one stops at once. */
function ending(log: Log): Promise<void> {
  process.on('unhandledRejection', (error) => log.error('unhandled rejection', { error }))
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1)
        asked = true
        resolve()
      })
    }
  })
}
