/**
 * The secrets of this server: those that the configuration gives, and for the
 * rest some that the first start makes up and keeps in the data folder, where
 * only its owner may read them.
 */
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  openSync,
  closeSync,
  fsyncSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { ConfigError } from './config-file.ts'
import type { Config } from './config.ts'
import { secretsName } from './data-dir.ts'

export interface Secrets {
  readonly tokenSecret: string // signs and verifies tokens (HMAC)
  readonly apiKey: string
  readonly fresh: readonly ('tokenSecret' | 'apiKey')[] // made just now and in force: the one time to show them
}

/**
 * The secrets in force. Makes the data folder and what is missing in it.
 * @throws ConfigError when the folder cannot be used
 */
export function openSecrets(config: Config): Secrets {
  if (config.data.memory) return secretsInMemory(config)
  const path = place(config)
  makeFolder(config.data.dir)
  const needed = config.client.token.hmac_secret_key === undefined || config.http_api.key === undefined
  const made =
    needed && read(path) === undefined && write(path, { token_hmac_secret_key: random(), http_api_key: random() })
  const secrets = readSecrets(config)
  if (secrets === undefined) throw unusable(path, 'is gone again')
  return made ? { ...secrets, fresh: missing(config) } : secrets
}

/** Nobody can be given a token that is good after the next start: whoever wants that says the secrets in the configuration. */
function secretsInMemory(config: Config): Secrets {
  const [tokenSecret = random(), apiKey = random()] = [config.client.token.hmac_secret_key, config.http_api.key]
  return { tokenSecret, apiKey, fresh: missing(config) }
}

/** The secrets in force; undefined where the first start has not made them yet. @throws ConfigError when they cannot be read */
export function readSecrets(config: Config): Secrets | undefined {
  const [tokenSecret, apiKey] = [config.client.token.hmac_secret_key, config.http_api.key]
  if (tokenSecret !== undefined && apiKey !== undefined) return { tokenSecret, apiKey, fresh: [] }
  const stored = read(place(config))
  if (stored === undefined) return undefined
  return { tokenSecret: tokenSecret ?? stored.token_hmac_secret_key, apiKey: apiKey ?? stored.http_api_key, fresh: [] }
}

function place({ data }: Config): string {
  return join(data.dir, secretsName)
}

function missing({ client, http_api }: Config): Secrets['fresh'] {
  return [
    ...(client.token.hmac_secret_key === undefined ? (['tokenSecret'] as const) : []),
    ...(http_api.key === undefined ? (['apiKey'] as const) : []),
  ]
}

const storedSchema = z.object({ token_hmac_secret_key: z.string().min(32), http_api_key: z.string().min(32) })
type Stored = z.infer<typeof storedSchema>

function makeFolder(folder: string) {
  const cannot = (error: unknown) => unusable(folder, 'cannot be made or written to', error)
  try {
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(folder, 0o700) // whatever the umask
    const probe = join(folder, `.writable-${randomBytes(6).toString('hex')}`)
    closeSync(openSync(probe, 'wx', 0o600))
    rmSync(probe)
  } catch (error) {
    throw cannot(error)
  }
}

/** 256 bits, in letters that a shell and a header take as they are. */
function random(): string {
  return randomBytes(32).toString('base64url')
}

function read(path: string): Stored | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw unusable(path, 'cannot be read', error)
  }
  try {
    return storedSchema.parse(JSON.parse(text))
  } catch {
    // What the file holds stays out of the message, and the cause would quote it.
    throw new ConfigError([
      `${path}: is damaged; restore it, or delete it to have new secrets made (tokens and keys given out so far end)`,
    ])
  }
}

/** Whole or not at all, and only where there is none yet. Returns whether it was this call that wrote. */
function write(path: string, stored: Stored): boolean {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    const file = openSync(draft, 'wx', 0o600)
    writeSync(file, `${JSON.stringify(stored, null, 2)}\n`)
    fsyncSync(file)
    closeSync(file)
    linkSync(draft, path) // unlike a rename, never over another's
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw unusable(path, 'cannot be written', error)
  } finally {
    rmSync(draft, { force: true })
  }
}

function unusable(path: string, what: string, cause?: unknown): ConfigError {
  const code = codeOf(cause)
  const hint = 'let this user write to data.dir, or choose another folder'
  return new ConfigError([`${path}: ${what}${code === undefined ? '' : ` (${code})`}; ${hint}`], { cause })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
