/** What may be a reaction: one emoji that is meant to be exchanged between systems, and nothing else. */

/** As it is kept; undefined if it is none. One whose sign for "as a picture" is missing gets it. */
export function emojiOf(written: string): string | undefined {
  return [written, `${written}\u{fe0f}`].find((each) => one.test(each))
}

const one = /^\p{RGI_Emoji}$/v
