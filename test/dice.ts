/** Chance for tests: the same seed, the same fall of the dice. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 to below `sides`. (mulberry32) */
  roll(sides: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * sides)
  }

  pick<const T>(options: readonly [T, ...T[]]): T {
    return options[this.roll(options.length)] ?? options[0]
  }

  /** A text that is a little, or quite, wrong. */
  mutate(text: string): string {
    let mutated = text
    for (let times = 1 + this.roll(4); times > 0; times--) {
      const [at, end] = [this.roll(mutated.length + 1), this.roll(mutated.length + 1)]
      const [from, to] = [Math.min(at, end), Math.max(at, end)]
      mutated = this.pick([
        () => mutated.slice(0, at) + this.pick(junk) + mutated.slice(at),
        () => mutated.slice(0, at) + this.pick(junk) + mutated.slice(at + 1),
        () => mutated.slice(0, from) + mutated.slice(Math.min(to, from + 8)),
        () => mutated.slice(0, to) + mutated.slice(from),
        () => mutated.slice(0, at),
      ])()
    }
    return mutated
  }
}

const junk = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\n',
  '\r\n',
  ' ',
  '0',
  '-',
  '1e400',
  '9007199254740993',
  'null',
  'true',
  '\u0000',
  '\ud800',
  '\u2028',
  '\ufeff',
  '驿',
  '"\\u0000"',
  '{"a":',
  '[[[[[[[[',
  '__proto__',
  '"id":0',
  '{}',
  '\\u00',
  '"data":',
] as const

const keys = [
  'a',
  'b',
  'data',
  'channel',
  '\\u0061',
  'x\\"y',
  '\\\\',
  '__proto__',
  'constructor',
  '',
  'length',
  '驿',
  '\\ud800',
  '}',
  ',',
] as const
const leaves = [
  '0',
  '-0',
  '1.0',
  '1e5',
  '1E-5',
  '12345678901234567890',
  '1e400',
  '0.1000',
  'true',
  'false',
  'null',
  '""',
  '"\\n"',
  '"\\""',
  '"\\\\"',
  '"{[,:]}"',
  '"\\ud800"',
  '"\\ud83d\\ude00"',
  '"驿站 😀"',
  '"\u2028"',
  '{}',
  '[]',
] as const

/** A valid JSON text as a machine, or a person, might write it: keys twice, escapes, blanks and line breaks. */
export function randomJson(dice: Dice, depth = 4): string {
  const blank = () => dice.pick(['', '', '', ' ', '\n', '\r\n', '\t'])
  const list = (make: () => string) =>
    Array.from({ length: dice.roll(4) }, () => `${blank()}${make()}${blank()}`).join(',')
  const kind = depth === 0 ? 2 : dice.roll(3)
  if (kind === 0) return `[${blank()}${list(() => randomJson(dice, depth - 1))}]`
  if (kind === 1) {
    return `{${list(() => `"${dice.pick(keys)}"${blank()}:${blank()}${randomJson(dice, depth - 1)}`)}${blank()}}`
  }
  return dice.pick(leaves)
}
