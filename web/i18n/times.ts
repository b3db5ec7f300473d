/** Days and times as the reader's language and region have them. */
const formats = new Map<string, Intl.DateTimeFormat>()

export function clock(lang: string, time: number): string {
  return format(lang, { hour: '2-digit', minute: '2-digit' }).format(time)
}

export function full(lang: string, time: number): string {
  return format(lang, { dateStyle: 'full', timeStyle: 'medium' }).format(time)
}

/** Two times of one day, here, have one key. */
export function dayKey(time: number): string {
  return new Date(time).toDateString()
}

export function day(lang: string, time: number, now = Date.now()): string {
  const yesterday = new Date(now)
  yesterday.setDate(yesterday.getDate() - 1) // not 24 hours: days of 23 and 25 hours exist
  const relative = new Intl.RelativeTimeFormat(regional(lang), { numeric: 'auto' })
  if (dayKey(time) === dayKey(now)) return relative.format(0, 'day')
  if (dayKey(time) === dayKey(yesterday.getTime())) return relative.format(-1, 'day')
  const year = new Date(time).getFullYear() === new Date(now).getFullYear() ? {} : ({ year: 'numeric' } as const)
  return format(lang, { weekday: 'long', day: 'numeric', month: 'long', ...year }).format(time)
}

/** Making a formatter costs a thousand times what using one does. */
function format(lang: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = lang + JSON.stringify(options)
  const known = formats.get(key) ?? new Intl.DateTimeFormat(regional(lang), options)
  formats.set(key, known)
  return known
}

/** The page has one English; the reader's may have another clock. */
function regional(lang: string): string {
  return navigator.languages.find((tag) => tag.slice(0, 2) === lang.slice(0, 2)) ?? lang
}
