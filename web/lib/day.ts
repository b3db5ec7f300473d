/** A day of the reader's calendar, as a date field writes it: 2026-05-03. */
export function dayOf(time: number): string {
  const date = new Date(time)
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'))
  return `${String(date.getFullYear()).padStart(4, '0')}-${month}-${day}`
}

/** When it begins where the reader is; undefined: it is none. */
export function beginOf(day: string): number | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? []
  const time = new Date(Number(year), Number(month) - 1, Number(date)).getTime()
  return Number.isNaN(time) ? undefined : time
}
