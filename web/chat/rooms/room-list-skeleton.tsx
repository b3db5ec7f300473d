import { useT } from '../../i18n/use-translate.ts'

export function RoomListSkeleton() {
  const t = useT()
  return (
    <div role="status" className="grid gap-4 p-4">
      <span className="unseen">{t('rooms.loading')}</span>
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <span key={row} className="flex items-center gap-3">
          <span className="shimmer size-12 flex-none rounded-[30%] bg-wash" />
          <span className="grid flex-1 gap-2">
            <span className="shimmer h-3.5 w-1/2 rounded-small bg-wash" />
            <span className="shimmer h-3 w-4/5 rounded-small bg-wash" />
          </span>
        </span>
      ))}
    </div>
  )
}
