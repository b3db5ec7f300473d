/**
 * The words of the index that begin like one that somebody types. Asking the
 * index itself for a beginning makes it gather all places of all such words
 * first; so they are looked up one by one, a few of them, and asked for by name.
 */
import type { Chat } from '../chat.ts'
import { text } from '../rows.ts'

const shortest = 2 // letters; of fewer, too many words begin so
const most = 32
const maxSteps = 64

/** Without the word itself. What is longer by much, and there are many, may be missing. */
export function wordsLike(chat: Chat, typed: string): string[] {
  const stem = typed.normalize('NFKD').replaceAll(/\p{M}/gu, '').normalize('NFC').toLowerCase()
  if (Array.from(stem).length < shortest || /[^\p{L}\p{N}]/u.test(stem)) return []
  const words: string[] = []
  let from = `${stem}\u0001` // behind the word itself
  for (let step = 0; step < maxSteps && words.length < most; step++) {
    const row = chat.row('SELECT term, col FROM chat_words WHERE term >= ? LIMIT 1', from)
    const word = row === undefined ? '' : text(row, 'term')
    if (row === undefined || !word.startsWith(stem)) break
    if (row['col'] === 'body') words.push(word.replaceAll('"', ''))
    from = `${word}\u0001`
  }
  return words
}
