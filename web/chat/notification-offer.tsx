import { Bell, X } from 'lucide-react'
import { useState } from 'react'
import { useT } from '../i18n/use-translate.ts'
import { Button } from '../ui/button.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { useApp } from './context.ts'

/**
 * Asks, once somebody talks here, whether they want to be told when they are
 * elsewhere. The browser itself asks only behind a press; who says no is not
 * asked again, and finds it in the settings.
 */
export function NotificationOffer() {
  const { preferences } = useApp()
  const [busy, setBusy] = useState(false)
  const t = useT()
  const over = (on: boolean): void =>
    preferences.set({ notificationsOffered: true, ...(on && { systemNotifications: true }) })
  const ask = async (): Promise<void> => {
    setBusy(true)
    over((await Notification.requestPermission()) === 'granted')
  }
  return (
    <section
      aria-label={t('notifications.system')}
      className="safe-top flex items-center gap-2 border-b border-line bg-pine-wash ps-4 pe-1 text-small"
    >
      <Bell aria-hidden className="size-4 flex-none text-pine-ink" />
      <p className="min-w-0 flex-1 py-1.5 text-pretty">{t('notifications.offer')}</p>
      <Button kind="quiet" busy={busy} onClick={() => void ask()}>
        {t('notifications.turnOn')}
      </Button>
      <IconButton small label={t('notifications.notNow')} onClick={() => over(false)}>
        <X aria-hidden />
      </IconButton>
    </section>
  )
}
