/**
 * Which day it is where the reader is. It changes at midnight, and when the
 * reader, or the computer after a sleep, finds itself in another day or zone.
 */
import { Cell, type Source } from './cell.ts'

export interface TodayParts {
  readonly now: () => number
  readonly after: (delay: number, call: () => void) => unknown
  /** Calls when somebody looks again. */
  readonly wakes: (call: () => void) => void
}

/** @returns the day as a text that is another one on another day */
export function watchToday({ now, after, wakes }: TodayParts): Source<string> {
  const today = new Cell(dayOf(now()))
  const look = (): void => {
    today.value = dayOf(now())
  }
  const wait = (): void => {
    after(untilMidnight(now()), () => {
      look()
      wait()
    })
  }
  wakes(look)
  wait()
  return today
}

/** With its zone: the same day has other hours elsewhere. */
function dayOf(time: number): string {
  const date = new Date(time)
  return `${date.toDateString()} ${date.getTimezoneOffset()}`
}

/** Days of 23 and 25 hours exist. A little is added, for clocks that run ahead of their timers. */
function untilMidnight(time: number): number {
  const date = new Date(time)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime() - time + 50
}
