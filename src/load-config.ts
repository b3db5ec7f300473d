/**
 * Puts the configuration together: flag over environment over file over
 * default. Everything that is wrong is told at once, with its place and what
 * is allowed there; what has no effect is warned about, by name.
 */
import type { z } from 'zod'
import { refusals } from './centrifugo-options.ts'
import { ConfigError, readConfigFile } from './config-file.ts'
import { configSchema, isTableList, options, type Config, type Option } from './config.ts'
import { firstMinute } from './first-minute.ts'
import { readJson } from './option-kinds.ts'
import { strangers, strangeVariables } from './unknown-options.ts'

export interface Sources {
  /** What would be in the file, for programs. Not both. */
  readonly options?: object | undefined
  readonly file?: string | undefined
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly flags?: Readonly<Record<string, string | boolean | undefined>> // by the path of the option
}

export interface Loaded {
  readonly config: Config
  readonly warnings: readonly string[]
}

/** @throws ConfigError */
export function loadConfig({ options: given, file, environment = {}, flags = {} }: Sources): Loaded {
  const written = present(given ?? (file === undefined ? {} : readConfigFile(file)), '')
  const tree = structuredClone(written)
  const origins = new Map<string, string>() // of what does not come from the file
  for (const { path, variable } of options) {
    if (variable !== undefined) lay(path, environment[variable], variable)
    lay(path, flags[path], `--${path}`)
  }
  fillIn(tree, written)

  const refused = [...refusals(tree)].map(({ path, because }) => `${place(path)} ${because}`)
  const checked = configSchema.safeParse(tree)
  const wrong = checked.success ? [] : checked.error.issues.map((issue) => problem(issue, tree, place))
  if (!checked.success || refused.length > 0) throw new ConfigError([...new Set([...wrong, ...refused])])
  const unknown = [...strangers(tree)].map(({ path, because }) => `${place(path)}: ${because}`)
  const risks = [...risky(checked.data)].map(({ path, because }) => `${place(path)} ${because}`)
  return { config: checked.data, warnings: [...unknown, ...strangeVariables(environment), ...risks] }

  function lay(path: string, value: unknown, origin: string) {
    if (value === undefined) return
    put(tree, path.split('.'), isTableList(path) ? readJson(value) : value)
    origins.set(path, origin)
  }
  function place(path: string): string {
    const [root = path] = path.split('[') // a list that is in a variable has its entries there
    const origin = origins.get(root)
    if (origin !== undefined) return `${origin}${path.slice(root.length)}`
    return file === undefined ? path : `${file}: ${path}`
  }
}

type Tree = Record<string, unknown>

/** A table without what is null: an option that a file leaves open is as good as absent. A secret is not. In programs, what is undefined. */
function present(table: object, path: string): Tree {
  const kept: Tree = {}
  for (const [name, value] of Object.entries(table)) {
    const here = path === '' ? name : `${path}.${name}`
    if (value === undefined || (value === null && !secrets.has(here))) continue
    if (Array.isArray(value))
      kept[name] = value.map((each: unknown) => (isTable(each) ? present(each, `${here}[]`) : each))
    else kept[name] = isTable(value) ? present(value, here) : value
  }
  return kept
}

const secrets = new Set(options.filter(({ secret }) => secret).map(({ path }) => path))

function isTable(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

function put(tree: Tree, [name = '', ...rest]: readonly string[], value: unknown) {
  if (rest.length === 0) tree[name] = value
  else {
    const next = (tree[name] ??= {})
    if (isTable(next)) put(next, rest, value) // what else stands there is wrong, and will be said to be
  }
}

function fillIn(tree: Tree, written: Tree) {
  const client = tree['client'] ?? {}
  const channel = tree['channel'] ?? {}
  const mailbox = tree['mailbox'] ?? {}
  if (!('client' in written) && !('channel' in written)) {
    if (isTable(client)) tree['client'] = { ...firstMinute.client, ...client }
    if (isTable(mailbox)) tree['mailbox'] = { ...firstMinute.mailbox, ...mailbox }
  }
  if (!('channel' in written) && isTable(channel)) tree['channel'] = { ...firstMinute.channel, ...channel }
}

/** One sentence: where, what is allowed there, and what is there instead. */
function problem(issue: z.core.$ZodIssue, tree: Tree, place: (path: string) => string): string {
  if (issue.code === 'custom' && issue.message !== 'Invalid input')
    return `${place(spell(issue.path))} ${issue.message}`
  const path = isEntry(issue.path) ? issue.path.slice(0, -1) : issue.path // of a list of texts, the list is the option
  const option = optionAt(path)
  const value = path.reduce<unknown>(
    (here, name) => (isTable(here) || Array.isArray(here) ? Reflect.get(here, name) : undefined),
    tree,
  )
  const allowed = option?.allowed ?? 'a table of options'
  return `${place(spell(path))} must be ${allowed}, not ${show(value, option?.secret ?? false)}`
}

function isEntry(path: readonly PropertyKey[]): boolean {
  return typeof path.at(-1) === 'number' && !isTableList(spell(path.slice(0, -1)))
}

function optionAt(path: readonly PropertyKey[]): Option | undefined {
  const name = spell(path).replaceAll(/\[\d+\]/g, '[]')
  return options.find((each) => each.path === name)
}

function spell(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  )
}

function show(value: unknown, secret: boolean): string {
  if (secret) return typeof value === 'string' ? `one of ${value.length}` : 'this'
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** Settings that are allowed, and that one should know of. */
function* risky({ client, http_api, http_server, mailbox }: Config) {
  if (client.insecure)
    yield { path: 'client.insecure', because: 'is on: everybody who reaches the server may do everything' }
  if (http_api.insecure)
    yield { path: 'http_api.insecure', because: 'is on: everybody who reaches the server may use the server API' }
  if (mailbox.open && !mailbox.disabled)
    yield { path: 'mailbox.open', because: 'is on: everybody who reaches the server may read and send as everybody' }
  for (const [name, token] of Object.entries({ token: client.token, subscription_token: client.subscription_token }))
    if (token.hmac_secret_key !== undefined && Buffer.byteLength(token.hmac_secret_key) < 32)
      yield {
        path: `client.${name}.hmac_secret_key`,
        because: 'has fewer than the 32 bytes that RFC 7518 section 3.2 asks for',
      }
  for (const [name, token] of Object.entries({ token: client.token, subscription_token: client.subscription_token }))
    if (isUnprotected(token.jwks_public_endpoint))
      yield {
        path: `client.${name}.jwks_public_endpoint`,
        because: 'begins with http://: whoever is on the way can put keys of their own there; use https://',
      }
  for (const range of http_server.trusted_proxies)
    if (/\/0+$/.test(range))
      yield {
        path: 'http_server.trusted_proxies',
        because: `has ${JSON.stringify(range)}: everybody may say to be at any address`,
      }
  for (const origin of client.allowed_origins) {
    if (origin === '*') yield { path: 'client.allowed_origins', because: 'has "*": pages of every origin may connect' }
    else if (!/^[a-z][-+.a-z0-9]*:\/\/[^/\s]+$/i.test(origin) && !origin.includes('*'))
      yield {
        path: 'client.allowed_origins',
        because: `has ${JSON.stringify(origin)}, which no origin is equal to: one looks like "https://app.example.com", without a path`,
      }
  }
}

/** Whether what comes from an address could be changed on the way. */
function isUnprotected(address: string): boolean {
  return address.startsWith('http:') && !['localhost', '127.0.0.1', '[::1]'].includes(new URL(address).hostname)
}
