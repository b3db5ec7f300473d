/** How loud something is, as it is heard and as it is drawn. */

const quietest = -60 // decibels: what is below is silence to who looks at it

/** From 0 for silence to 1, of a piece of sound. Ears count in multiples, so this is a logarithm. */
export function loudnessOf(samples: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < samples.length; at++) sum += (samples[at] ?? 0) ** 2
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length))
  return Math.min(1, Math.max(0, 1 - decibels / quietest))
}

const top = 255

/** The shape of a recording: the loudest of each part, so that the loudest of all has full height. */
export function shapeOf(levels: readonly number[], bars = 64): number[] {
  const loudest = Math.max(...levels, 0.01)
  const count = Math.min(bars, levels.length)
  return Array.from({ length: count }, (_, bar) => {
    const part = levels.slice(Math.floor((bar * levels.length) / count), Math.ceil(((bar + 1) * levels.length) / count))
    return Math.round((Math.max(...part, 0) / loudest) * top)
  })
}
