import { X } from 'lucide-react'
import { useT } from '../../i18n/use-translate.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { useApp, usePreferences, useSource } from '../context.ts'
import { InstallButton } from '../install.tsx'

/** One quiet line above the list, until it is taken or sent away; the settings keep it. */
export function InstallOffer() {
  const { installation, preferences } = useApp()
  const { installOffered } = usePreferences()
  const way = useSource(installation.way)
  const t = useT()
  if (installOffered || way === 'none') return null
  const over = (): void => preferences.set({ installOffered: true })
  return (
    <div className="mx-2 mb-1 flex items-center rounded-medium text-small text-soft">
      <InstallButton
        className="flex min-h-10 min-w-0 flex-1 items-center gap-3 rounded-medium px-2.5 hover:bg-wash coarse:min-h-11 [&>svg]:size-4 [&>svg]:flex-none"
        onDone={over}
      />
      <IconButton small label={t('install.notNow')} onClick={over}>
        <X aria-hidden />
      </IconButton>
    </div>
  )
}
