/**
 * A file is walked through on the thread that serves everybody. An honest one
 * of 100 MB takes some hundred thousand steps, a few milliseconds; one that is
 * made of nothing but beginnings would take seconds.
 */
export type Step = (weight?: number) => void

const stepLimit = 500_000
/** The weight of a part that is looked at, beside that of a byte that is stepped over. */
export const wholePart = 20

/** Call it for each step. @throws RangeError when there are too many */
export function countSteps(): Step {
  let left = stepLimit
  return (weight = 1) => {
    left -= weight
    if (left < 0) throw new RangeError('it takes too many steps')
  }
}
