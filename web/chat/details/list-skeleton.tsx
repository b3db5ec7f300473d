import { useT } from '../../i18n/use-translate.ts'

export function ListSkeleton() {
  const t = useT()
  return (
    <div role="status" className="grid gap-4 p-4">
      <span className="unseen">{t('loading')}</span>
      {[0, 1, 2, 3].map((row) => (
        <span key={row} className="flex items-center gap-3">
          <span className="shimmer size-9 flex-none rounded-full bg-wash" />
          <span className="shimmer h-3.5 w-2/3 rounded-small bg-wash" />
        </span>
      ))}
    </div>
  )
}
