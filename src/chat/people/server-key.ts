/** Whether the program asks that runs this server: by the key of the server API, in the headers where that takes it. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Chat } from '../chat.ts'

export function isFromServer(chat: Chat, headers: Headers): boolean {
  const [, credentials = ''] = /^apikey +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? []
  const given = headers.get('x-api-key') ?? credentials
  // Of hashes, so that the time says nothing of how much of it was right, nor of the length.
  return given !== '' && timingSafeEqual(digest(given), digest(chat.server.secrets.apiKey))
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
