import { Download } from 'lucide-react'
import { useState } from 'react'
import { useT } from '../i18n/use-translate.ts'
import { Dialog } from '../ui/dialog.tsx'
import { useApp, useSource } from './context.ts'

/** Makes the page an app of the device, or tells how. Nothing where neither can be done. */
export function InstallButton({ className, onDone }: { className: string; onDone?: () => void }) {
  const { installation } = useApp()
  const way = useSource(installation.way)
  const [told, setTold] = useState(false)
  const t = useT()
  if (way === 'none') return null
  const press = async (): Promise<void> => {
    if (way === 'words') setTold(true)
    else if (await installation.install()) onDone?.()
  }
  return (
    <>
      <button type="button" data-install="" className={className} onClick={() => void press()}>
        <Download aria-hidden />
        <span className="flex-1 text-start">{t('install.title')}</span>
      </button>
      {told && (
        <Dialog title={t('install.title')} text={t('install.why')} onClose={() => setTold(false)}>
          <ol className="grid list-decimal gap-2 ps-5">
            <li>{t('install.share')}</li>
            <li>{t('install.add')}</li>
          </ol>
        </Dialog>
      )}
    </>
  )
}
