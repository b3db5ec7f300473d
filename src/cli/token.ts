/**
 * `posthouse token`: prints a token, signed with the secret of this server, to
 * try things out with. In earnest, the backend that knows its users makes them.
 */
import { CompactSign } from 'jose'
import { parseArgs } from 'node:util'
import { ConfigError } from '../config-file.ts'
import type { Config } from '../config.ts'
import { parseDuration } from '../duration.ts'
import { readSecrets } from '../secrets.ts'
import { configFlags, loadFromFlags } from './config-flags.ts'

const usage = `Usage: posthouse token --user <id> [--channel <name>] [--ttl 24h] [--info <json>] [--config <file>]

Prints a connection token, or with --channel a subscription token.
  --user     who it is for; '' for an anonymous client
  --ttl      how long it is good, such as 300s, 1h30m or 24h (the default); 0 for ever
  --info     JSON that others see beside what this user does`

export async function token(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      ...configFlags,
      user: { type: 'string' },
      channel: { type: 'string' },
      ttl: { type: 'string', default: '24h' },
      info: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const { user, channel, ttl, info } = values
  if (values.help === true) return print(usage)
  if (typeof user !== 'string') return refuse('--user is missing')
  if (channel === '') return refuse('--channel must not be empty')
  const milliseconds = parseDuration(ttl)
  if (milliseconds === undefined || milliseconds < 0)
    return refuse('--ttl must be a duration, such as 300s, 1h30m or 24h, or 0')
  if (typeof info === 'string' && !isJson(info)) return refuse('--info must be JSON')

  const { config } = loadFromFlags(values, process.env)
  const { secret, settings } = signerOf(config, typeof channel === 'string')
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    [settings.user_id_claim || 'sub']: user === '' ? undefined : JSON.stringify(user),
    iat: String(now),
    exp: milliseconds === 0 ? undefined : String(now + Math.ceil(milliseconds / 1000)),
    aud: settings.audience === '' ? undefined : JSON.stringify(settings.audience),
    iss: settings.issuer === '' ? undefined : JSON.stringify(settings.issuer),
    channel: typeof channel === 'string' ? JSON.stringify(channel) : undefined,
    info: typeof info === 'string' ? info : undefined,
  }
  return print(await sign(claims, secret))
}

/** The claims are JSON texts: what `--info` says is signed as it was typed. */
function sign(claims: Readonly<Record<string, string | undefined>>, secret: string): Promise<string> {
  const members = Object.entries(claims).flatMap(([name, json]) =>
    json === undefined ? [] : `${JSON.stringify(name)}:${json}`,
  )
  const encoder = new TextEncoder()
  return new CompactSign(encoder.encode(`{${members.join(',')}}`))
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(encoder.encode(secret))
}

/** The secret that this server verifies such a token with, and what else it asks of one. */
function signerOf(config: Config, forSubscription: boolean) {
  const { token: common, subscription_token: own } = config.client
  if (forSubscription && own.enabled) {
    if (own.hmac_secret_key !== undefined) return { secret: own.hmac_secret_key, settings: own }
    throw new ConfigError([
      'client.subscription_token has public keys only: tokens for subscriptions are made by whoever has the private one',
    ])
  }
  const secret = common.hmac_secret_key ?? readSecrets(config)?.tokenSecret
  if (secret === undefined)
    throw new ConfigError([
      `there is no secret in ${config.data.dir} yet: start the server once, or give it one (client.token.hmac_secret_key)`,
    ])
  return { secret, settings: common }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function print(text: string): number {
  console.log(text)
  return 0
}

function refuse(what: string): number {
  console.error(`posthouse: token: ${what}\n\n${usage}`)
  return 2
}
