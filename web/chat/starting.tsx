import { useT } from '../i18n/use-translate.ts'
import { Seal } from '../ui/seal.tsx'

/** For the moment in which the server is asked who one is. */
export function Starting() {
  const t = useT()
  return (
    <main className="grid h-dvh place-content-center bg-paper">
      <h1 className="unseen">Posthouse</h1>
      <span role="status" className="shimmer">
        <span className="unseen">{t('loading')}</span>
        <Seal />
      </span>
    </main>
  )
}
