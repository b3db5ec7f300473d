import { useT } from '../../i18n/use-translate.ts'

/** Where reading stopped. */
export function UnreadLine() {
  const t = useT()
  return (
    <li className="my-3 flex flex-none items-center gap-3 text-small font-semibold text-seal-ink">
      <span className="h-px flex-1 bg-current opacity-40" />
      {t('room.newMessages')}
      <span className="h-px flex-1 bg-current opacity-40" />
    </li>
  )
}
