/**
 * What a guest may say: text, with an id that the sender made before the first
 * attempt. The id becomes the idempotency key, so a message that is sent again
 * because nobody knows whether it arrived is still one message.
 *
 * Name and user are not in it: they are stamped on the publication by the
 * server. The time is, because publications reach clients without one; it is
 * the server's clock and is for display only, the order is the offset.
 */
export const textLimit = 4000 // code points

export interface Message {
  readonly id: string
  readonly json: string // what is published
}

export interface Refused {
  readonly refused: 'id' | 'text'
}

/** @param data what the client sent: `{text, clientId}`; @param now milliseconds since 1970 */
export function message(data: unknown, now: number): Message | Refused {
  const { text, clientId: id }: Record<string, unknown> = typeof data === 'object' && data !== null ? { ...data } : {}
  if (typeof id !== 'string' || !uuid.test(id)) return { refused: 'id' }
  if (typeof text !== 'string' || text.length > 2 * textLimit) return { refused: 'text' }
  const said = clean(text)
  if (said === '' || Array.from(said).length > textLimit) return { refused: 'text' }
  return { id, json: JSON.stringify({ type: 'message', id, text: said, time: now }) }
}

/** Text comes from paste buffers: one kind of line end, no control characters, no halves of characters. */
function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\p{Cc}--[\n\t]]/gv, '')
    .trim()
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
