/**
 * Texts of the app in the reader's language. A text may have places for values,
 * `{name}`, and forms for numbers, chosen by `count` as the language wants it
 * (Intl.PluralRules). English says which texts there are and which values each
 * takes: a wrong key or a forgotten value does not compile.
 */
import type { en } from './messages/en.ts'

export type Key = keyof typeof en
export type Text = string | { readonly one?: string; readonly other: string }
export type Messages = Readonly<Record<Key, Text>>

type Source<K extends Key> = (typeof en)[K] extends { readonly other: infer T } ? T : (typeof en)[K]
type Counted<K extends Key> = (typeof en)[K] extends { readonly other: string } ? 'count' : never
type Places<T> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Places<Rest> : never
type Names<K extends Key> = Places<Source<K>> | Counted<K>
type Values<K extends Key, V> = Readonly<Record<Names<K>, V>>
/** Of texts without places for values. */
export type PlainKey = { [K in Key]: [Names<K>] extends [never] ? K : never }[Key]
type Arguments<K extends Key, V> = [Names<K>] extends [never] ? [] : [values: Values<K, V>]

export interface Translate {
  <K extends Key>(key: K, ...values: Arguments<K, string | number>): string
  /** With values of another kind between the words, such as elements. */
  parts<K extends Key, V>(key: K, values: Values<K, V | string | number>): (V | string)[]
  readonly lang: string
  number(value: number): string
  /** Whether there is such a text. */
  has(key: string): key is Key
}

export function translator(lang: string, messages: Messages): Translate {
  // Browsers take milliseconds to make one, so it is made for the first who needs it.
  let plural: Intl.PluralRules | undefined
  let numbers: Intl.NumberFormat | undefined
  const written = (value: number): string => (numbers ??= new Intl.NumberFormat(lang)).format(value)

  function parts(key: Key, values: Readonly<Record<string, unknown>>): unknown[] {
    return pieces(formOf(messages[key], values['count'])).map((piece, index) =>
      index % 2 === 0 ? piece : shown(values[piece]),
    )
  }

  function formOf(text: Text, count: unknown): string {
    if (typeof text === 'string') return text
    const isOne = typeof count === 'number' && (plural ??= new Intl.PluralRules(lang)).select(count) === 'one'
    return isOne ? (text.one ?? text.other) : text.other
  }

  function shown(value: unknown): unknown {
    return typeof value === 'number' ? written(value) : value
  }

  const translate = (key: Key, values: Readonly<Record<string, unknown>> = {}): string => parts(key, values).join('')
  return Object.assign(translate, {
    parts,
    lang,
    number: written,
    has: (key: string) => Object.hasOwn(messages, key),
  }) as Translate
}

/** Words at even places, names of values at odd ones. There are as many texts as there are. */
export function pieces(text: string): readonly string[] {
  const known = taken.get(text)
  if (known !== undefined) return known
  const made = text.split(/\{(\w+)\}/)
  taken.set(text, made)
  return made
}

const taken = new Map<string, readonly string[]>()
