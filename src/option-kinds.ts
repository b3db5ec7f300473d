/**
 * What an option is: a check, a default, and words for people.
 *
 * Each kind takes the value as a file gives it and as text, because that is
 * all that the environment and the command line can say; so "8000" is a port
 * wherever it comes from. The words are kept beside the check (`about`), for
 * messages, for `posthouse config` and for the reference.
 */
import * as z from 'zod'
import { readPublicKey, type KeyKind } from './access/public-key.ts'
import { longestTimer, parseDuration } from './duration.ts'
import { rangeOf } from './transports/proxies.ts'

export interface About {
  readonly meaning: string
  readonly allowed: string // completes "must be …"
  readonly default: string // as one would write it; '' for none
  readonly secret: boolean // never to be shown
  readonly flag: boolean // true or false, so that its name alone says it on the command line
}

export const about = z.registry<About>()

/** True or false. */
export function flag(fallback: boolean, meaning: string) {
  const words = { meaning, allowed: 'true or false', default: String(fallback), flag: true }
  return option(z.preprocess(readFlag, z.boolean()).default(fallback), words)
}

export function wholeNumber(fallback: number, meaning: string, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) {
  const upTo = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`
  const words = { meaning, allowed: `a whole number ${upTo}`, default: String(fallback) }
  return option(z.preprocess(readNumber, z.int().min(min).max(max)).default(fallback), words)
}

/** Any text, or only such of a shape; a default that does not fit makes the option one that must be there. */
export function text(fallback: string, meaning: string, shape = /^/, allowed = 'text, in quotes') {
  return option(z.string().regex(shape).prefault(fallback), { meaning, allowed, default: fallback })
}

export function choice<const T extends string>(fallback: T, values: readonly T[], meaning: string) {
  const allowed = `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`
  const schema: z.ZodType<T> = z.custom<T>((value) => values.some((each) => each === value))
  return option(schema.prefault(fallback), { meaning, allowed, default: fallback })
}

/** A list of texts; in text, a JSON list, or words with blanks or commas between. */
export function list(meaning: string) {
  const words = { meaning, allowed: 'a list of texts', default: '[]' }
  return option(z.preprocess(readList, z.array(z.string())).default([]), words)
}

/** Addresses and ranges of them. */
export function addresses(meaning: string) {
  const range = z.string().refine((value) => {
    try {
      return rangeOf(value) !== undefined
    } catch {
      return false
    }
  })
  const allowed = 'a list of addresses and of ranges such as "10.0.0.0/8"'
  return option(z.preprocess(readList, z.array(range)).default([]), { meaning, allowed, default: '[]' })
}

/** Names of HTTP headers, in lower case. */
export function headerNames(meaning: string) {
  const names = z.array(z.string().regex(/^[!#$%&'*+\-.^_`|~\w]+$/))
  const lower = names.transform((all) => all.map((each) => each.toLowerCase()))
  const words = { meaning, allowed: 'a list of names of headers', default: '[]' }
  return option(z.preprocess(readList, lower).default([]), words)
}

/** Something with a shape of its own, which is told only as a whole when it is wrong. */
export function json<Schema extends z.ZodType>(shape: Schema, words: Omit<About, 'secret' | 'flag'> & Partial<About>) {
  const schema = z.unknown().transform((value, context) => {
    const parsed = shape.safeParse(readJson(value))
    if (parsed.success) return parsed.data
    context.addIssue({ code: 'custom', message: 'Invalid input' })
    return z.NEVER
  })
  return option<z.output<Schema>>(schema.prefault(words.default), words)
}

/** A list, each entry one of `values`. */
export function choices<const T extends string>(values: readonly T[], meaning: string) {
  const words = {
    meaning,
    allowed: `a list, each of it one of ${values.map((value) => JSON.stringify(value)).join(', ')}`,
    default: '[]',
  }
  const each: z.ZodType<T> = z.custom<T>((value) => values.some((known) => known === value))
  return option(z.preprocess(readList, z.array(each)).default([]), words)
}

/** What a duration becomes; a type of its own, so that what may be written for it can be told from its type. */
export type Milliseconds = number & { readonly [unit]: 'ms' }
declare const unit: unique symbol

/** `none`: 0 or less switches it off and reads as 0. `forever` reads as Infinity. `timer`: short enough for a timer. */
export function duration(
  fallback: string,
  meaning: string,
  { none = false, forever = false, timer = true, step = 0, min = 0, max = Infinity } = {},
) {
  const read = (value: unknown): number | undefined => {
    if (forever && value === 'forever') return Number.POSITIVE_INFINITY
    if (value === 0 || (none && (value === -1 || value === '-1'))) return 0
    const ms = typeof value === 'string' ? parseDuration(value) : undefined // a bare number has no unit
    return ms === undefined ? undefined : none && ms < 0 ? 0 : Math.ceil(ms)
  }
  const fits = (ms: unknown): ms is Milliseconds =>
    typeof ms === 'number' &&
    ms >= min &&
    ms <= max &&
    (ms > 0 || none) &&
    (!timer || ms <= longestTimer) &&
    (step === 0 || ms % step === 0)
  const allowed = [
    `a duration${step === 1000 ? ' of whole seconds' : ''} with its unit, such as "300s" or "1h30m"`,
    max !== Infinity ? `, at most ${max / 1000}s` : timer ? ', at most 596h' : '',
    forever ? ', or "forever"' : '',
    none ? ', or 0 for none' : '',
  ].join('')
  const words = { meaning, allowed, default: fallback }
  return option(z.preprocess(read, z.custom<Milliseconds>(fits)).default((read(fallback) ?? 0) as Milliseconds), words)
}

/** A shared secret, or undefined where none is given. Short ones can be found by trying, from a single token. */
export function secret(meaning: string, shortest = shortestSecret) {
  const allowed = shortest === 1 ? 'text, in quotes' : `a secret of at least ${shortest} characters`
  return option(z.string().min(shortest).optional(), { meaning, allowed, default: '', secret: true })
}

const shortestSecret = 16

/** A public key in PEM. Not shown and no flag, in case somebody puts the private one there. */
export function pem(kind: KeyKind, meaning: string) {
  const schema = z.string().superRefine((value, context) => {
    try {
      if (value !== '') readPublicKey(value, kind)
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) })
    }
  })
  return option(schema.prefault(''), { meaning, allowed: 'a public key in PEM', default: '', secret: true })
}

/** Where another server answers. It is used as it stands: nothing is put into it. */
export function webAddress(meaning: string) {
  const fits = (value: string) => value === '' || (/^https?:\/\/[^\s{}]+$/.test(value) && URL.canParse(value))
  const words = {
    meaning,
    allowed: 'an address that begins with http:// or https://, without {placeholders}',
    default: '',
  }
  return option(z.string().refine(fits).prefault(''), words)
}

/** A regular expression in the notation that Go and JavaScript share. */
export function pattern(meaning: string) {
  const schema = z.string().transform((source, context) => {
    if (source === '') return undefined
    try {
      return readPattern(source)
    } catch (error) {
      context.addIssue({ code: 'custom', message: `is no regular expression that can be used here: ${String(error)}` })
      return z.NEVER
    }
  })
  const words = { meaning, allowed: 'a regular expression, in quotes', default: '' }
  return option<RegExp | undefined>(schema.optional(), words)
}

/**
 * Centrifugo's patterns are Go's. What JavaScript spells otherwise is
 * translated, and what it would silently read as something else is refused:
 * the flag `u` makes an error of every escape that it does not know.
 */
function readPattern(source: string): RegExp {
  if (/\[:\^?\w+:\]/.test(source)) throw new SyntaxError('classes such as [:alpha:] are not known, write \\p{L}')
  const [, flags = '', rest = source] = /^\(\?([ims]+)\)(.*)$/s.exec(source) ?? []
  return new RegExp(rest.replaceAll('(?P<', '(?<'), `u${flags}`)
}

/** A part of the configuration; one that is not there is made of defaults. */
export function section<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return schema.prefault({})
}

/** The value of a JSON text; of another, the text itself, to fail where it is checked. */
export function readJson(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

const truth: Readonly<Record<string, boolean>> = { true: true, t: true, '1': true, false: false, f: false, '0': false }

function readFlag(value: unknown): unknown {
  return typeof value === 'string' ? (truth[value.toLowerCase()] ?? value) : value
}

function readNumber(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
}

function readList(value: unknown): unknown {
  if (typeof value !== 'string' || value.trim().startsWith('[')) return readJson(value)
  return value.split(/[\s,]+/).filter((word) => word !== '')
}

function option<T>(schema: z.ZodType<T>, words: Omit<About, 'secret' | 'flag'> & Partial<About>): z.ZodType<T> {
  return schema.register(about, { secret: false, flag: false, ...words })
}
