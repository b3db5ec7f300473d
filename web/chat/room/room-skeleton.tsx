import { useT } from '../../i18n/use-translate.ts'
import { classes } from '../../ui/classes.ts'

const widths = ['w-44', 'w-64', 'w-36', 'w-56', 'w-72', 'w-40'] as const

/** The shape of a room that is not there yet. */
export function RoomSkeleton() {
  const t = useT()
  return (
    <>
      <div className="safe-top border-b border-line bg-sheet">
        <div className="flex h-14 items-center gap-3 px-4">
          <span className="shimmer size-9 rounded-full bg-wash" />
          <span className="shimmer h-4 w-32 rounded-small bg-wash" />
        </div>
      </div>
      <div
        role="status"
        className="mx-auto flex w-full max-w-[46rem] flex-col justify-end gap-3 overflow-hidden px-4 pb-20"
      >
        <h1 className="unseen">{t('room.loading')}</h1>
        {widths.map((width, index) => (
          <span
            key={width}
            className={classes('shimmer h-9 rounded-bubble bg-wash', width, index % 3 === 2 && 'self-end')}
          />
        ))}
      </div>
    </>
  )
}
