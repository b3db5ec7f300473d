/**
 * Signatures as Standard Webhooks 1.0 has them (standardwebhooks.com), so that
 * receivers check them with a library that exists in their language.
 *
 * What is signed is `id.timestamp.body`. The id is the same however often a
 * publication is delivered, so a receiver can tell a repetition; the timestamp
 * is that of the attempt, so an old request cannot be played again. While a
 * secret is changed for another, there is a signature for each.
 */
import { createHmac, randomBytes } from 'node:crypto'

/** The newest first. */
export type Secrets = readonly [current: string, ...previous: string[]]

/** 256 bits. To be shown once, to who sets the webhook up. */
export function newSecret(): string {
  return `${prefix}${randomBytes(32).toString('base64')}`
}

/** The headers of one attempt. @param id without a dot, which would let a part of it pass for the time @param now ms since 1970 */
export function signed(id: string, now: number, body: string, secrets: Secrets): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000))
  const signatures = secrets.map((secret) => signature(`${id}.${timestamp}.${body}`, secret))
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}

function signature(content: string, secret: string): string {
  const key = Buffer.from(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret, 'base64')
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`
}

const prefix = 'whsec_'
