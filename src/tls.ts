/**
 * What the configuration says of TLS, as the runtime wants it. Each part is
 * PEM, PEM in base 64, or the path of a file, told by what it looks like
 * (Centrifugo v6, "TLS config object").
 */
import { readFileSync } from 'node:fs'
import { ConfigError } from './config-file.ts'
import type { Config } from './config.ts'

/** @throws ConfigError for what is no PEM and leads to none */
export function tlsOf({ tls }: Config['http_server']): Bun.TLSOptions | undefined {
  if (!tls.enabled) return undefined
  const options = { cert: pem('cert_pem', tls.cert_pem), key: pem('key_pem', tls.key_pem ?? '') }
  if (tls.client_ca_pem === '') return options
  return { ...options, ca: pem('client_ca_pem', tls.client_ca_pem), requestCert: true, rejectUnauthorized: true }
}

/** What is wrong is said without what was given: it may be a key. */
function pem(name: string, given: string): string {
  if (isPem(given)) return given
  const decoded = Buffer.from(given, 'base64').toString()
  if (isPem(decoded)) return decoded
  const place = `http_server.tls.${name}`
  try {
    const content = readFileSync(given, 'utf8')
    if (isPem(content)) return content
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    throw new ConfigError(
      [`${place} is neither PEM, nor PEM in base 64, nor the path of a file that can be read${code}`],
      {
        cause,
      },
    )
  }
  throw new ConfigError([`${place} is the path of a file without PEM in it`])
}

function isPem(text: string): boolean {
  return /-----BEGIN [^-]+-----[\s\S]+-----END [^-]+-----/.test(text)
}
