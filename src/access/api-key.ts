/**
 * Who may use the server API: whoever sends its key, in `X-API-Key` or, where
 * that header is absent, in `Authorization: apikey <key>`. A key in the URL is
 * not taken: URLs end up in logs, histories and Referer headers.
 */
import { createHash, timingSafeEqual } from 'node:crypto'

/** Tells a request with the right key, in a time that says nothing of how much of it was right. */
export function apiKeyCheck(key: string): (headers: Headers) => boolean {
  if (key === '') throw new RangeError('an API key must not be empty')
  const right = digest(key)
  return (headers) => timingSafeEqual(digest(given(headers)), right) // of hashes, so that the lengths are alike, too
}

function given(headers: Headers): string {
  const key = headers.get('x-api-key')
  if (key !== null) return key
  const [, credentials = ''] = /^apikey +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? []
  return credentials
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
