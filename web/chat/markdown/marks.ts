/**
 * What can be told of a text without taking it apart. Most messages are a line
 * of words: they need no parser, which is fetched when the first text comes that
 * does. Whoever is unsure has marks: the parser then finds out.
 */

/** Anywhere: emphasis, code, links, entities and HTML, tables, mail and web addresses. */
const inside = /[*_~`[\]<>&|\\\t]|\S@\S|:\/\/|www\./i
/** At the ends of lines, where whitespace means something, and an empty line. */
const edges = /^\s|\s$|\n\s|[ \r]\n/
/** Where a line begins: headings, lists, and the lines below a heading or above a table. */
const beginning = /^(?:[#+=:-]|\d{1,9}[.)])/m

/** Whether it may be more than lines of words. */
export function hasMarks(text: string): boolean {
  return inside.test(text) || edges.test(text) || beginning.test(text)
}

/** Up to three emoji and nothing else are shown large. */
export function isOnlyEmoji(text: string): boolean {
  return text.length <= 60 && onlyEmoji.test(text)
}

/**
 * A flag, a key, a flag of a region, several joined to one, what looks like an
 * emoji by itself, and what does when it is told to. `\p{RGI_Emoji}` says the
 * same in a word, but browsers take a tenth of a second to learn it.
 */
const emoji = [
  String.raw`\p{Regional_Indicator}{2}`,
  String.raw`[\d#*]\uFE0F\u20E3`,
  String.raw`\p{Extended_Pictographic}[\u{E0020}-\u{E007F}]+`,
  String.raw`\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?(?:\u200D\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?)+`,
  String.raw`\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})`,
  String.raw`\p{Emoji_Presentation}`,
].join('|')
const onlyEmoji = new RegExp(`^(?:(?:${emoji})\\s*){1,3}$`, 'u')
