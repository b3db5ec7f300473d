/**
 * What the column `scope` of the search index holds: in which room a message
 * stands, by whom it is, what it has, and in which block of the index it lies. A
 * search asks for it like for a word, so one in a room does not look at what is
 * said in others.
 *
 *   r<room> a<author> b<block> h<bit>…
 *
 * Two common words that never stand together make the index walk along both to
 * the end. Blocks bound that: a search goes through them one by one, newest
 * first, and lets others have their turn in between.
 */

/** What a message has, as bits of one number. */
export const kindBits = { link: 1, image: 2, file: 4, voice: 8 } as const

const blockBits = 16 // 65,536 messages: some milliseconds at the worst

/** An expression over `m`, the message, and `r`, its room. */
export const scopeInSql = [
  `'r' || r.key || ' a' || m.author || ' b' || (m.key >> ${blockBits})`,
  ...Object.values(kindBits).map((bit) => `iif(m.kinds & ${bit}, ' h${bit}', '')`),
].join(' || ')

export type HasKind = keyof typeof kindBits

export const inRooms = (keys: readonly number[]): string => `(${keys.map((key) => `r${key}`).join(' OR ')})`
export const byAuthor = (person: string): string => `"a${person.replaceAll('"', '')}"`
export const inBlock = (block: number): string => `b${block}`
export const having = (kind: HasKind): string => `h${kindBits[kind]}`

/** The block in which a row of the index lies. */
export const blockOf = (key: number): number => Math.floor(key / blockSize)

export const blockSize = 2 ** blockBits
