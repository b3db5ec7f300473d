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
  return text.length <= 60 && /^(?:\p{RGI_Emoji}\s*){1,3}$/v.test(text)
}
