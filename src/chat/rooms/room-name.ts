/**
 * Names of rooms: one line that can be seen. Unlike the names of people they are
 * not unique, so two that look alike are not refused; what is invisible or
 * changes the direction of writing is taken out.
 */
import { ChatError } from '../errors.ts'

const limit = 100 // code points

/** @throws ChatError `badName` */
export function roomName(written: string): string {
  const name = written
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/\s+/gu, ' ') // line ends, too
    .replaceAll(/[\p{Cc}\p{Bidi_Control}\u200b\u2060\ufeff]/gu, '')
    .replaceAll(/ +/g, ' ')
    .trim()
  if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(name)) throw bad('A room needs a name that can be seen')
  if (Array.from(name).length > limit) throw bad(`The name of a room has at most ${limit} characters`)
  return name
}

const bad = (message: string) => new ChatError('badName', { message })

/** As a name is looked for. */
export const roomKey = (name: string): string => name.normalize('NFKC').toLowerCase()
