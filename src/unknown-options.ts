/** Finds what somebody wrote and nobody reads, and says what was probably meant. */
import { isOn, notYet, withoutEffect } from './centrifugo-options.ts'
import { isTableList, options, variableOf } from './config.ts'
import { nearest } from './nearest.ts'

export interface Stranger {
  readonly path: string
  readonly because: string
}

const known = new Set(options.map(({ path }) => path))
const foreign = [...Object.keys(notYet), ...Object.keys(withoutEffect)]
const sections = new Set([...known, ...foreign].flatMap(prefixes))

/** The options of a file that have no effect. */
export function* strangers(file: object, at = '', shownAt = ''): Generator<Stranger> {
  for (const [name, value] of Object.entries(file)) {
    const [path, shown] = [join(at, name), join(shownAt, name)]
    if (isTableList(path) && Array.isArray(value))
      for (const [index, each] of value.entries()) yield* inside(each, `${path}[]`, `${shown}[${index}]`)
    else if (known.has(path)) continue
    else if (Object.hasOwn(withoutEffect, path)) {
      if (speaks(value, '')) yield { path: shown, because: `has no effect here: ${withoutEffect[path]}` }
    } else if (Object.hasOwn(notYet, path)) {
      if (speaks(value, notYet[path] ?? '')) yield { path: shown, because: 'not supported yet' }
    } else if (sections.has(path)) yield* inside(value, path, shown)
    else yield { path: shown, because: unknown(suggest(at, name)) }
  }
}

function* inside(value: unknown, path: string, shown: string): Generator<Stranger> {
  if (typeof value === 'object' && value !== null) yield* strangers(value, path, shown)
}

/** The variables of the environment that look as if they were for this server, and are not. */
export function* strangeVariables(environment: Readonly<Record<string, string | undefined>>): Generator<string> {
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('POSTHOUSE_') || variables.has(name)) continue
    const later = foreign.map(variableOf).some((each) => name === each || name.startsWith(`${each}_`))
    yield `${name}: ${later ? 'not supported yet' : unknown(nearest(name, [...variables]))}`
  }
  const centrifugo = Object.keys(environment).filter((name) => name.startsWith('CENTRIFUGO_'))
  if (centrifugo.length > 0) yield `${centrifugo.join(', ')}: not read; here the names begin with POSTHOUSE_`
}

/** Names the configuration file itself. */
export const fileVariable = 'POSTHOUSE_CONFIG'
const variables = new Set([fileVariable, ...options.flatMap(({ variable }) => variable ?? [])])

/** Whether a value asks for something. What only repeats that a feature is off does not. */
function speaks(value: unknown, ordinary: string): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (typeof value !== 'object' || value === null) return isOn(value) && value !== ordinary
  if ('enabled' in value) return isOn(value.enabled)
  return Object.values(value).some((each) => speaks(each, ''))
}

function unknown(meant: string | undefined): string {
  return meant === undefined ? 'unknown option' : `unknown option; did you mean ${meant}?`
}

/** First a neighbour that is spelt alike; then an option elsewhere, for names that lack their section or run it in, as in `token_hmac_secret_key`. */
function suggest(at: string, name: string): string | undefined {
  const siblings = [...known, ...sections].filter((path) => path.startsWith(at === '' ? '' : `${at}.`))
  const names = siblings
    .map((path) => path.slice(at === '' ? 0 : at.length + 1))
    .filter((rest) => rest !== '' && !/[.[]/.test(rest))
  const sibling = nearest(name, names)
  if (sibling !== undefined) return join(at, sibling)
  const tail = nearest(name, [...tails.keys()])
  return tail === undefined ? undefined : tails.get(tail)
}

const tails = new Map<string, string>()
for (const path of [...known, 'channel.namespaces[]'].filter((each) => !each.includes('[]'))) {
  const parts = path.split('.')
  for (let from = parts.length - 1; from >= 0; from--) {
    const tail = parts.slice(from).join('_')
    if (!tails.has(tail)) tails.set(tail, path)
  }
}

function prefixes(path: string): string[] {
  const parts = path.split('.')
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('.'))
}

function join(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`
}
