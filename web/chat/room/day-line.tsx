import { dayName } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import { useToday } from '../use-today.ts'

interface Props {
  readonly rowKey: string
  readonly time: number
  readonly active: boolean
  readonly choose: (anchor: HTMLElement, time: number) => void
}

/**
 * Where a day begins. It stays at the top while one reads that day, and leads to
 * others. All are of one width, so that each covers those before it.
 */
export function DayLine({ rowKey, time, active, choose }: Props) {
  const t = useT()
  useToday()
  const name = dayName(t.lang, time)
  return (
    <li className="pointer-events-none sticky top-0 z-3 my-3 flex-none text-center">
      <button
        type="button"
        data-stop={rowKey}
        tabIndex={active ? 0 : -1}
        aria-haspopup="dialog"
        aria-label={t('day.label', { day: name })}
        data-tip={t('day.jump')}
        className="pointer-events-auto relative inline-block w-40 rounded-full border border-line bg-sheet px-2 py-px font-serif text-small font-semibold text-soft after:absolute after:-inset-2 first-letter:uppercase hover:text-ink"
        onClick={(event) => choose(event.currentTarget, time)}
      >
        {name}
      </button>
    </li>
  )
}
