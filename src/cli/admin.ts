/**
 * `posthouse admin <name>`: makes somebody an administrator of the chat, the
 * first one before all. While a server runs on the data, nobody else writes to
 * it, so the server is asked, with its API key; where none runs, one is started
 * for this, which nobody else can reach.
 */
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { chat } from '../chat/index.ts'
import type { Config } from '../config.ts'
import { createServer } from '../index.ts'
import { createLog } from '../log.ts'
import { readSecrets } from '../secrets.ts'
import { chatOptions } from './chat-options.ts'
import { configFlags, loadFromFlags } from './config-flags.ts'

const usage = `Usage: posthouse admin <name> [--remove] [--config <file>] [--data ./data] [--port 8000]

Makes the account of this name an administrator of the chat. If nobody has the
name, an account is made, and its password is shown this once. A guest of this
name has to claim it with a password first.
  --remove   take it away again`

export async function admin(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowNegative: true,
    allowPositionals: true,
    options: { ...configFlags, remove: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  const { help, remove, ...flags } = values
  const [name, ...more] = positionals
  if (help === true) return print(usage)
  if (name === undefined || more.length > 0) return refuse(2, `admin takes one name\n\n${usage}`)
  const { config } = loadFromFlags(flags, process.env)
  if (!config.chat.enabled) return refuse(1, 'admin: there is no chat here (chat.enabled)')
  if (config.data.memory) return refuse(1, 'admin: with data.memory nothing is kept, and so no administrator')
  try {
    return tell(await ask(config, name, remove === true), name)
  } catch (error) {
    if (error instanceof Error && error.name === 'StoreError') return refuse(1, `admin: ${error.message}`)
    throw error
  }
}

/** What became of it, in the words of the API. */
type Answer = z.infer<typeof answer> & { readonly removed: boolean }

const answer = z.object({
  person: z.object({ name: z.string() }).optional(),
  password: z.string().optional(),
  error: z.object({ name: z.string(), message: z.string(), hint: z.string() }).optional(),
})

async function ask(config: Config, name: string, remove: boolean): Promise<Answer> {
  const key = readSecrets(config)?.apiKey
  const running = key === undefined ? undefined : await appoint(urlOf(config), key, name, remove)
  if (running !== undefined) return running
  await using server = await createServer({
    config: { ...config, http_server: alone(config.http_server) },
    log: createLog('error', process.stderr),
    application: chat(chatOptions(config.chat)),
  })
  const answered = await appoint(server.url, server.secrets.apiKey, name, remove)
  if (answered === undefined) throw new Error('the server that was started for this does not answer')
  return answered
}

/** Where nobody else finds it. */
function alone(section: Config['http_server']): Config['http_server'] {
  return { ...section, address: '127.0.0.1', port: 0, tls: { ...section.tls, enabled: false } }
}

/** Undefined if nobody listens there. */
async function appoint(base: URL, key: string, name: string, remove: boolean): Promise<Answer | undefined> {
  const appointed = await post(base, key, 'admin.appoint', { name, admin: !remove })
  const isNew = appointed?.error?.name === 'notFound' && !remove
  const answered = isNew ? await post(base, key, 'admin.create', { name, admin: true }) : appointed
  return answered && { ...answered, removed: remove }
}

async function post(
  base: URL,
  key: string,
  action: string,
  input: unknown,
): Promise<z.infer<typeof answer> | undefined> {
  const response = await reach(new URL(`/api/chat/${action}`, base), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify(input),
    tls: { rejectUnauthorized: false }, // it is this machine, and its certificate has another name
  })
  if (response === undefined) return undefined
  const found = answer.safeParse(await response.json().catch(() => undefined))
  if (found.success && (response.ok || found.data.error !== undefined)) return found.data
  const message = `what listens at ${base.origin} is another program, or has no chat (${response.status})`
  return { error: { name: 'notOurs', message, hint: 'Say the port of your server (--port), or stop that.' } }
}

async function reach(url: URL, init: BunFetchRequestInit): Promise<Response | undefined> {
  try {
    return await fetch(url, init)
  } catch (error) {
    if (error instanceof Error && 'code' in error && refusals.has(String(error.code))) return undefined
    throw error
  }
}

const refusals: ReadonlySet<string> = new Set(['ConnectionRefused', 'ECONNREFUSED'])

/** Where a server of this configuration is found from this machine. */
function urlOf({ http_server: { address, port, tls } }: Config): URL {
  const anywhere: Readonly<Record<string, string>> = { '': '127.0.0.1', '0.0.0.0': '127.0.0.1', '::': '[::1]' }
  const host = anywhere[address] ?? (address.includes(':') ? `[${address}]` : address)
  return new URL(`${tls.enabled ? 'https' : 'http'}://${host}:${port}`)
}

function tell({ error, person, password, removed }: Answer, name: string): number {
  if (error !== undefined)
    return refuse(
      1,
      `admin: ${error.name === 'notFound' ? `nobody has the name ${name}` : `${error.message}. ${error.hint}`}`,
    )
  const who = person?.name ?? name
  if (removed) return print(`${who} is no administrator any more.`)
  print(`${who} is an administrator of this server.`)
  return password === undefined ? 0 : print(`The account is new. Its password, shown this once: ${password}`)
}

function print(text: string): number {
  console.log(text)
  return 0
}

function refuse(status: number, what: string): number {
  console.error(`posthouse: ${what}`)
  return status
}
