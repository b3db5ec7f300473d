import type { ReactNode } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import { Badge } from '../../ui/badge.tsx'
import { useSource } from '../context.ts'

/** Back to the newest, and how many came meanwhile. */
export function LatestButton({ model, icon }: { model: RoomModel; icon: ReactNode }) {
  const { atEnd, below } = useSource(model.scroll.place)
  const { after } = useSource(model.paging.page)
  const t = useT()
  if (atEnd && after === 'end') return null
  const go = async (): Promise<void> => {
    if (after !== 'end') await model.paging.jump('latest')
    model.scroll.toEnd()
  }
  return (
    <button
      type="button"
      aria-label={below > 0 ? t('room.toLatestCount', { count: below }) : t('room.toLatest')}
      data-tip={t('room.toLatest')}
      className="absolute end-4 bottom-3 grid size-11 place-content-center rounded-full border border-line bg-raised text-soft shadow-float hover:text-ink [&>svg]:size-5"
      onClick={() => void go()}
    >
      {icon}
      {below > 0 && (
        <span className="absolute -top-2 start-1/2 -translate-x-1/2" aria-hidden>
          <Badge count={below} label="" />
        </span>
      )}
    </button>
  )
}
