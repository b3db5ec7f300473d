/**
 * The members of a JSON object as their author wrote them. What a backend puts
 * into a token (`info`, `data`) goes to other clients as it is: to parse it and
 * write it anew would change numbers above 2^53, the order of keys and spelling.
 */

/**
 * @param text a JSON object, known to be valid
 * @returns each value's own text, without line breaks (between its tokens; inside of a string there are none);
 *   of two members with one name the later counts, as for JSON.parse
 */
export function members(text: string): Map<string, string> {
  const found = new Map<string, string>()
  let at = skip(text, text.indexOf('{') + 1)
  while (text[at] === '"') {
    const name = at
    at = stringEnd(text, at)
    const key: unknown = JSON.parse(text.slice(name, at))
    const value = skip(text, skip(text, at) + 1) // behind the colon
    at = valueEnd(text, value)
    found.set(
      String(key),
      text
        .slice(value, at)
        .trimEnd()
        .replaceAll(/[\r\n]/g, ' '),
    )
    at = skip(text, skip(text, at) + 1) // behind the comma, if there is one
  }
  return found
}

function skip(text: string, at: number): number {
  let next = at
  while (next < text.length && ' \t\r\n'.includes(text.charAt(next))) next++
  return next
}

/** Behind the closing quote of the string that begins here. */
function stringEnd(text: string, at: number): number {
  let next = at + 1
  while (next < text.length && text[next] !== '"') next += text[next] === '\\' ? 2 : 1
  return next + 1
}

/** Where the value that begins here ends: at a comma or a closing brace that is not inside of it. */
function valueEnd(text: string, at: number): number {
  let depth = 0
  let next = at
  while (next < text.length) {
    const character = text[next]
    if (character === '"') {
      next = stringEnd(text, next)
      continue
    }
    if (depth === 0 && (character === ',' || character === '}')) return next
    if (character === '{' || character === '[') depth++
    if (character === '}' || character === ']') depth--
    next++
  }
  return next
}
