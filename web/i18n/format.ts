/** Times, sizes and lists as the reader's language and region have them. */
import type { Translate } from './translate.ts'

const made = new Map<string, Intl.DateTimeFormat>()
const minute = 60_000
const day = 24 * 60 * minute

export function clock(lang: string, time: number): string {
  return dates(lang, { hour: 'numeric', minute: '2-digit' }).format(time)
}

export function fullTime(lang: string, time: number): string {
  return dates(lang, { dateStyle: 'full', timeStyle: 'short' }).format(time)
}

export function dayName(lang: string, time: number, now = Date.now()): string {
  const days = daysBetween(time, now)
  if (days === 0 || days === 1) return relative(lang).format(-days, 'day')
  if (days > 1 && days < 7) return dates(lang, { weekday: 'long' }).format(time)
  return dates(lang, { day: 'numeric', month: 'long', ...yearIfOther(time, now) }).format(time)
}

/** As short as it can be told: the clock today, the weekday this week, else the date. */
export function shortTime(lang: string, time: number, now = Date.now()): string {
  const days = daysBetween(time, now)
  if (days <= 0) return clock(lang, time)
  if (days === 1) return relative(lang).format(-1, 'day')
  if (days < 7) return dates(lang, { weekday: 'short' }).format(time)
  return dates(lang, { day: 'numeric', month: 'short', ...yearIfOther(time, now) }).format(time)
}

export function date(lang: string, time: number): string {
  return dates(lang, { dateStyle: 'medium' }).format(time)
}

/** Such as "5 minutes ago". */
export function ago(lang: string, time: number, now = Date.now()): string {
  const past = time - now
  if (past > -60 * minute) return relative(lang).format(Math.round(past / minute), 'minute')
  if (past > -day) return relative(lang).format(Math.round(past / (60 * minute)), 'hour')
  if (past > -30 * day) return relative(lang).format(Math.round(past / day), 'day')
  return date(lang, time)
}

/** Such as 1:05. */
export function length(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Such as "10 minutes" for what lasts. */
export function span(lang: string, milliseconds: number): string {
  const units = [
    ['day', day],
    ['hour', 60 * minute],
    ['minute', minute],
    ['second', 1000],
  ] as const
  const [unit, size] = units.find(([, each]) => milliseconds >= each && milliseconds % each === 0) ?? ['second', 1000]
  return new Intl.NumberFormat(lang, { style: 'unit', unit, unitDisplay: 'long' }).format(
    Math.ceil(milliseconds / size),
  )
}

export function bytes(lang: string, size: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, size)) / 3))
  return new Intl.NumberFormat(lang, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: power < 2 ? 0 : 1,
  }).format(size / 1000 ** power)
}

function list(lang: string, items: readonly string[]): string {
  return new Intl.ListFormat(lang, { type: 'conjunction' }).format(items)
}

/** The first few names, and how many more there are. */
export function names(t: Translate, all: readonly string[], shown = 2): string {
  if (all.length <= shown) return list(t.lang, all)
  return list(t.lang, [...all.slice(0, shown), t('people.more', { count: all.length - shown })])
}

/** Days of 23 and 25 hours exist, so days are counted by their noons. */
function daysBetween(time: number, now: number): number {
  const noon = (at: number): number => new Date(at).setHours(12, 0, 0, 0)
  return Math.round((noon(now) - noon(time)) / day)
}

function yearIfOther(time: number, now: number): { year?: 'numeric' } {
  return new Date(time).getFullYear() === new Date(now).getFullYear() ? {} : { year: 'numeric' }
}

function relative(lang: string): Intl.RelativeTimeFormat {
  return new Intl.RelativeTimeFormat(lang, { numeric: 'auto' })
}

/** Making a formatter costs a thousand times what using one does. */
function dates(lang: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = lang + JSON.stringify(options)
  const known = made.get(key) ?? new Intl.DateTimeFormat(lang, options)
  made.set(key, known)
  return known
}
