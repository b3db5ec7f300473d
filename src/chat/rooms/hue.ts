/**
 * The colour of a room without a picture follows from its id, so that it is the
 * same everywhere and never changes. Who is only invited is not told the id: they
 * are told the colour. It must be the app's own choice for that id; a test
 * compares the two.
 */
const hues = 8

/** From 0 to 7. */
export function hueOf(id: string): number {
  let hash = 7
  for (const letter of id) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0
  return hash % hues
}
