/**
 * Spans of time as people write them: Go's notation, because that is what
 * Centrifugo's configuration files hold.
 */

/** The longest span that a timer can wait: setTimeout counts milliseconds in 31 bits and fires at once above. */
export const longestTimer = 2 ** 31 - 1

/**
 * Milliseconds of a Go duration: `300s`, `1h30m`, `1.5h`, `250ms`. A bare
 * number has no unit and is none, but for 0. Undefined for what is no duration.
 * Source: Go's time.ParseDuration.
 */
export function parseDuration(text: string): number | undefined {
  const [, sign, spans = ''] = whole.exec(text) ?? []
  if (spans === '') return /^[-+]?0$/.test(text) ? 0 : undefined
  let sum = 0
  for (const [, count, unit = ''] of spans.matchAll(span)) sum += Number(count) * (milliseconds[unit] ?? Number.NaN)
  return sign === '-' ? -sum : sum
}

const milliseconds: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // the micro sign, U+00B5
  μs: 1e-3, // the Greek letter, U+03BC
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
const span = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g
const whole = /^([-+]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/
