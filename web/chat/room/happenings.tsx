import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { Happening } from '../../lib/views.ts'
import { useNameOf } from '../use-name-of.ts'
import { happeningText } from './happening-text.ts'

const shownAtOnce = 2

/** Who came and went, and what became of the room: a quiet line, and the rest of it when it is asked for. */
export function Happenings({ happenings }: { happenings: readonly Happening[] }) {
  const [open, setOpen] = useState(false)
  const nameOf = useNameOf()
  const t = useT()
  const shown = open || happenings.length <= shownAtOnce ? happenings : happenings.slice(-1)
  const hidden = happenings.length - shown.length
  return (
    <li className="my-2 grid flex-none justify-items-center gap-0.5 px-6 text-center text-small text-soft">
      {hidden > 0 && (
        <button
          type="button"
          className="inline-flex items-center gap-1 rounded-full px-2 py-0.5 hover:bg-wash [&>svg]:size-3.5"
          onClick={() => setOpen(true)}
        >
          {t('happening.more', { count: hidden })}
          <ChevronDown aria-hidden />
        </button>
      )}
      {shown.map((happening) => (
        <p key={happening.offset} className="wrap-anywhere text-pretty">
          {happeningText(t, happening, nameOf)}
        </p>
      ))}
    </li>
  )
}
