/**
 * Names. Two that look alike to a reader are one: the key under which a name is
 * taken is its compatibility form (NFKC) without case, and only names whose key
 * does not change when it is made again are names at all, since on such a
 * change an account take-over was built once (a music service, 2013). What is
 * invisible, or changes the direction of writing, is refused by `nickname`.
 */
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import { nickname } from './nickname.ts'

export interface Name {
  readonly shown: string
  readonly key: string
}

/** @throws ChatError `badName` */
export function nameOf(written: string): Name {
  const shown = nickname(written)
  const key = shown === undefined ? '' : fold(shown)
  if (shown === undefined || fold(key) !== key) throw new ChatError('badName')
  return { shown, key }
}

/** Of upper and lower case each may have what the other has not, so both are asked. */
const fold = (name: string): string => name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')

/** What a name is found by that somebody wrote: in a mention, in a search. It need not be anybody's. */
export const keyOf = (written: string): string => fold(written.normalize('NFKC').trim().replaceAll(/\s+/g, ' '))

/** The key of names that begin like this, which need not be a name itself. */
export const beginningKey = (beginning: string): string => fold(beginning.trimStart())

/** A name like this one that is free. */
export function freeName(chat: Chat, { shown }: Name): string | undefined {
  for (let number = 2; number < 100; number++) {
    const candidate = nickname(`${shown} ${number}`)
    if (candidate !== undefined && !isTaken(chat, fold(candidate))) return candidate
  }
  return undefined
}

function isTaken(chat: Chat, key: string): boolean {
  return chat.row('SELECT 1 FROM chat_people WHERE name_key = ?', key) !== undefined
}

/** The key of a name; empty, which nobody has, for what is no name. */
export function keyOrNothing(written: string): string {
  const shown = nickname(written)
  return shown === undefined ? '' : fold(shown)
}
