/**
 * JSON as text. Payloads travel as their publisher wrote them, so a parser that
 * gives back values is not enough: numbers above 2^53, key order and spelling
 * would change. Here texts are checked, and taken apart without being rewritten.
 */

export class JsonError extends Error {
  override readonly name = 'JsonError'
}

/**
 * Parses, after a check that the nesting is no deeper than `maxDepth`: a parser
 * may take a hundred thousand levels, and whatever walks the result afterwards
 * would not. @throws JsonError
 */
export function parseJson(text: string, maxDepth: number): unknown {
  checkDepth(text, maxDepth)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new JsonError('not valid JSON', { cause: error })
  }
}

/** Whether a text parses, as deep as it may be. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The text without line breaks; between tokens they mean nothing, and inside a string a valid text has none. */
export function singleLine(json: string): string {
  return json.includes('\n') || json.includes('\r') ? json.replaceAll(/[\r\n]+/g, '') : json
}

/**
 * The text of a value inside a valid JSON text, found by the keys and indexes
 * that lead there; undefined if it is not there or is null. Of a key that is
 * given twice the last one counts, as in `JSON.parse`.
 */
export function rawJson(json: string, ...path: (string | number)[]): string | undefined {
  let [start, end]: Span = [skipBlanks(json, 0), json.length]
  for (const step of path) {
    const span = typeof step === 'number' ? element(json, start, step) : member(json, start, step)
    if (span === undefined) return undefined
    ;[start, end] = span
  }
  const raw = singleLine(json.slice(start, end).trim())
  return raw === 'null' ? undefined : raw
}

/** The texts of the members of an object, by name; of a name that is given twice the last one. */
export function rawMembers(json: string): Map<string, string> {
  const texts = new Map<string, string>()
  eachMember(json, skipBlanks(json, 0), (name, [start, end]) => {
    texts.set(String(JSON.parse(`"${name}"`)), singleLine(json.slice(start, end).trimEnd()))
  })
  return texts
}

/** The texts of the elements of an array. */
export function rawElements(json: string): string[] {
  const texts: string[] = []
  let at = skipBlanks(json, 0)
  if (json.charCodeAt(at) !== openBracket) return texts
  at = skipBlanks(json, at + 1)
  while (at < json.length && json.charCodeAt(at) !== closeBracket) {
    const end = skipValue(json, at)
    texts.push(json.slice(at, end).trimEnd())
    at = skipBlanks(json, end)
    if (json.charCodeAt(at) === comma) at = skipBlanks(json, at + 1)
  }
  return texts
}

type Span = [start: number, end: number]

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

function checkDepth(text: string, maxDepth: number): void {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === quote) at = skipString(text, at) - 1
    else if (char === openBrace || char === openBracket) {
      if (++depth > maxDepth) throw new JsonError(`nested deeper than ${maxDepth} levels`)
    } else if (char === closeBrace || char === closeBracket) depth--
  }
}

function member(json: string, start: number, key: string): Span | undefined {
  let found: Span | undefined
  eachMember(json, start, (name, span) => {
    if (name.includes('\\') ? JSON.parse(`"${name}"`) === key : name === key) found = span
  })
  return found
}

/** `visit` is handed each name as it is spelled, without its quotes, and where its value stands. */
function eachMember(json: string, start: number, visit: (name: string, value: Span) => void): void {
  if (json.charCodeAt(start) !== openBrace) return
  let at = skipBlanks(json, start + 1)
  while (at < json.length && json.charCodeAt(at) !== closeBrace) {
    const nameEnd = skipString(json, at)
    const value = skipBlanks(json, skipBlanks(json, nameEnd) + 1) // past the colon
    const end = skipValue(json, value)
    visit(json.slice(at + 1, nameEnd - 1), [value, end])
    at = skipBlanks(json, end)
    if (json.charCodeAt(at) === comma) at = skipBlanks(json, at + 1)
  }
}

function element(json: string, start: number, index: number): Span | undefined {
  if (json.charCodeAt(start) !== openBracket) return undefined
  let at = skipBlanks(json, start + 1)
  for (let i = 0; at < json.length && json.charCodeAt(at) !== closeBracket; i++) {
    const end = skipValue(json, at)
    if (i === index) return [at, end]
    at = skipBlanks(json, end)
    if (json.charCodeAt(at) === comma) at = skipBlanks(json, at + 1)
  }
  return undefined
}

/** Past the string that begins at `at`. */
function skipString(json: string, at: number): number {
  for (let end = json.indexOf('"', at + 1); ; end = json.indexOf('"', end + 1)) {
    if (end < 0) return json.length
    let slashes = 0
    while (json.charCodeAt(end - 1 - slashes) === backslash) slashes++
    if (slashes % 2 === 0) return end + 1
  }
}

/** Past the value that begins at `at`. */
function skipValue(json: string, at: number): number {
  const first = json.charCodeAt(at)
  if (first === quote) return skipString(json, at)
  let depth = 0
  for (; at < json.length; at++) {
    const char = json.charCodeAt(at)
    if (char === quote) at = skipString(json, at) - 1
    else if (char === openBrace || char === openBracket) depth++
    else if (char === closeBrace || char === closeBracket) {
      if (depth === 0) return at // the end of what holds a number, true, false or null
      if (--depth === 0) return at + 1
    } else if (char === comma && depth === 0) return at
  }
  return at
}

function skipBlanks(json: string, at: number): number {
  for (;;) {
    const char = json.charCodeAt(at)
    if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return at
    at++
  }
}
