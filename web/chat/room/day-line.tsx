import { dayName } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'

export function DayLine({ time }: { time: number }) {
  const { lang } = useT()
  return (
    <li className="my-3 flex-none text-center first-letter:uppercase">
      <span className="inline-block rounded-full px-3 py-0.5 font-serif text-small font-semibold text-soft first-letter:uppercase">
        {dayName(lang, time)}
      </span>
    </li>
  )
}
