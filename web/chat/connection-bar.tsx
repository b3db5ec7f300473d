import { useT } from '../i18n/use-translate.ts'
import { Spinner } from '../ui/spinner.tsx'
import { useModel, useSource } from './context.ts'

/** Nothing while all is well; a thin line when it is not. */
export function ConnectionBar() {
  const { connection, deeds } = useModel()
  const now = useSource(connection)
  const t = useT()
  if (now.state === 'live') return <div role="status" />
  if (now.state === 'refused')
    return (
      <div
        role="alert"
        className="safe-top [--safe:--spacing(1)] flex items-center justify-center gap-3 bg-seal px-3 pb-1 text-small text-on-seal"
      >
        {t(`connection.${now.why}`)}
        <button
          type="button"
          className="font-semibold underline"
          onClick={() => (now.why === 'version' ? location.reload() : deeds.reconnect())}
        >
          {now.why === 'version' ? t('connection.reload') : t('connection.again')}
        </button>
      </div>
    )
  if (!now.late) return <div role="status" />
  return (
    <div
      role="status"
      className="safe-top [--safe:--spacing(1)] flex items-center justify-center gap-2 bg-wash px-3 pb-1 text-small text-soft [&>span]:size-3.5"
    >
      {now.state !== 'offline' && <Spinner />}
      {t(`connection.${now.state}`)}
    </div>
  )
}
