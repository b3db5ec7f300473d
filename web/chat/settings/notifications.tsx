import { useState } from 'react'
import { clock } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import { ChoiceGroup } from '../../ui/choice-group.tsx'
import { SwitchRow } from '../../ui/switch-row.tsx'
import { useApp, useModel, usePreferences, useSource } from '../context.ts'
import { useDeed } from '../use-deed.ts'

/** Of mentions and direct messages while one looks elsewhere. Place for push messages with the page closed. */
export function Notifications() {
  const { preferences } = useApp()
  const { sound, systemNotifications } = usePreferences()
  const [permission, setPermission] = useState(permissionNow)
  const t = useT()
  const turn = async (on: boolean): Promise<void> => {
    const granted = on ? await Notification.requestPermission() : permission
    setPermission(granted)
    preferences.set({ systemNotifications: on && granted === 'granted' })
  }
  return (
    <div className="grid gap-4">
      <SwitchRow
        label={t('notifications.system')}
        hint={t(hints[permission])}
        checked={systemNotifications && permission === 'granted'}
        disabled={permission === 'denied' || permission === 'none'}
        onChange={(on) => void turn(on)}
      />
      <SwitchRow label={t('notifications.sound')} checked={sound} onChange={(on) => preferences.set({ sound: on })} />
      <Quiet />
    </div>
  )
}

/** Browsers have it only behind HTTPS, and not all of them. */
function permissionNow(): NotificationPermission | 'none' {
  return 'Notification' in globalThis ? Notification.permission : 'none'
}

const hints = {
  default: 'notifications.why',
  granted: 'notifications.why',
  denied: 'notifications.denied',
  none: 'notifications.none',
} as const

const hour = 3_600_000

function Quiet() {
  const { account, deeds } = useModel()
  const { doNotDisturbUntil } = useSource(account)
  const deed = useDeed()
  const t = useT()
  const [now] = useState(() => Date.now())
  const isQuiet = doNotDisturbUntil !== undefined && doNotDisturbUntil > now
  const set = (value: string): void => {
    const until = value === 'off' ? undefined : Date.now() + Number(value) * hour
    void deed(deeds.changeAccount({ doNotDisturbUntil: until }))
  }
  return (
    <ChoiceGroup
      label={t('notifications.quiet')}
      value={isQuiet ? 'on' : 'off'}
      choices={[
        { value: 'off', label: t('notifications.notQuiet') },
        ...(isQuiet
          ? [{ value: 'on', label: t('notifications.quietUntil', { time: clock(t.lang, doNotDisturbUntil) }) }]
          : []),
        ...[1, 8].map((hours) => ({ value: String(hours), label: t('notifications.quietFor', { count: hours }) })),
      ]}
      onChange={set}
    />
  )
}
