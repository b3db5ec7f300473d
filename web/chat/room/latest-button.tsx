import type { ReactNode } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import { Badge } from '../../ui/badge.tsx'
import { useSource } from '../context.ts'

interface Props {
  readonly model: RoomModel
  readonly icon: ReactNode
  /** Leads back to where one was before one came to a message of the room, if one did. */
  readonly back: { readonly icon: ReactNode; readonly run: () => void } | undefined
}

/** Back to the newest, and how many came meanwhile; and back from a jump. */
export function LatestButton({ model, icon, back }: Props) {
  const { atEnd, below } = useSource(model.scroll.place)
  const { after } = useSource(model.paging.page)
  const t = useT()
  if (atEnd && after === 'end') return null
  const go = async (): Promise<void> => {
    if (after !== 'end') await model.paging.jump('latest')
    model.scroll.toEnd()
  }
  return (
    <div className="absolute end-4 bottom-3 grid gap-3">
      {back !== undefined && (
        <button
          type="button"
          aria-label={t('room.backToPlace')}
          data-tip={t('room.backToPlace')}
          className={round}
          onClick={() => back.run()}
        >
          {back.icon}
        </button>
      )}
      <button
        type="button"
        aria-label={below > 0 ? t('room.toLatestCount', { count: below }) : t('room.toLatest')}
        data-tip={t('room.toLatest')}
        className={round}
        onClick={() => void go()}
      >
        {icon}
        {below > 0 && (
          <span className="absolute -top-2 start-1/2 -translate-x-1/2" aria-hidden>
            <Badge count={below} label="" />
          </span>
        )}
      </button>
    </div>
  )
}

const round =
  'relative grid size-11 place-content-center rounded-full border border-line bg-raised text-soft shadow-float hover:text-ink [&>svg]:size-5'
