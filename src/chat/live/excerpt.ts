/** The beginning of a text, in one line. */
const length = 140 // code points

export function excerpt(text: string): string {
  const line = text
    .slice(0, 4 * length)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toWellFormed()
  const characters = Array.from(line)
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : line
}
