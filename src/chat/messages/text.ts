/** Text that people send: it comes from keyboards, and from paste buffers. */
import { ChatError } from '../errors.ts'

/**
 * One kind of line end, no control characters, no halves of characters, no
 * blank lines around it. What is empty then is returned empty.
 * @throws ChatError `tooLarge` beyond `limit` code points
 */
export function cleanText(text: string, limit: number): string {
  const clean = text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\p{Cc}--[\n\t]]/gv, '')
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd()
  if (clean.length <= limit) return clean // code units are never fewer
  const length = Array.from(clean).length
  if (length > limit)
    throw new ChatError('tooLarge', { message: `A message has at most ${limit} characters, and this has ${length}` })
  return clean
}
