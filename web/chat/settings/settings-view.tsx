import { Bell, ChevronRight, LogOut, Palette, Shield, Smartphone, UserRound } from 'lucide-react'
import { useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { settingsPages, type SettingsPage } from '../../lib/route.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { useMe, useModel, useSource } from '../context.ts'
import { InstallButton } from '../install.tsx'
import { Link } from '../link.tsx'
import { Pane } from '../pane.tsx'
import { useDeed } from '../use-deed.ts'
import { Appearance } from './appearance.tsx'
import { Notifications } from './notifications.tsx'
import { Privacy } from './privacy.tsx'
import { Profile } from './profile.tsx'
import { Sessions } from './sessions.tsx'

export interface SettingsProps {
  readonly page: SettingsPage | undefined
}

export function SettingsView({ page }: SettingsProps) {
  const t = useT()
  if (page === undefined) return <Overview />
  const Page = pages[page]
  return (
    <Pane title={t(`settings.${page}`)} parent={{ view: 'settings' }}>
      <div className="mx-auto max-w-120 p-5">
        <Page />
      </div>
    </Pane>
  )
}

const pages = {
  profile: Profile,
  sessions: Sessions,
  appearance: Appearance,
  notifications: Notifications,
  privacy: Privacy,
} as const

const icons = {
  profile: UserRound,
  sessions: Smartphone,
  appearance: Palette,
  notifications: Bell,
  privacy: Shield,
} as const

function Overview() {
  const { account, deeds } = useModel()
  const { hasPassword } = useSource(account)
  const [asked, setAsked] = useState(false)
  const me = useMe()
  const deed = useDeed()
  const t = useT()
  return (
    <Pane title={t('settings.title')} parent={{ view: 'rooms' }}>
      <div className="mx-auto grid max-w-120 gap-4 p-5">
        <div className="flex items-center gap-4 pb-2">
          <Avatar id={me.id} name={me.name} picture={me.avatar} size="huge" />
          <div className="min-w-0">
            <h2 className="truncate font-serif text-title font-semibold">
              <bdi>{me.name}</bdi>
            </h2>
            <p className="text-soft">{me.kind === 'guest' ? t('people.guest') : t('people.member')}</p>
          </div>
        </div>
        {!hasPassword && (
          <Link
            to={{ view: 'settings', page: 'profile' }}
            className="rounded-large bg-pine-wash p-4 hover:brightness-97"
          >
            <span className="block font-semibold text-pine-ink">{t('claim.title')}</span>
            <span className="text-small text-soft">{t('claim.why')}</span>
          </Link>
        )}
        <nav aria-label={t('settings.title')} className="grid">
          {settingsPages.map((page) => {
            const Icon = icons[page]
            return (
              <Link
                key={page}
                to={{ view: 'settings', page }}
                className="flex min-h-13 items-center gap-4 rounded-medium px-2 hover:bg-wash [&>svg]:size-5 [&>svg]:text-soft"
              >
                <Icon aria-hidden />
                <span className="flex-1">{t(`settings.${page}`)}</span>
                <ChevronRight aria-hidden />
              </Link>
            )
          })}
        </nav>
        <InstallButton className="flex min-h-13 items-center gap-4 rounded-medium px-2 hover:bg-wash [&>svg]:size-5 [&>svg]:text-soft" />
        <button
          type="button"
          className="flex min-h-13 items-center gap-4 rounded-medium px-2 text-seal-ink hover:bg-seal-wash [&>svg]:size-5"
          onClick={() => setAsked(true)}
        >
          <LogOut aria-hidden />
          {t('settings.logOut')}
        </button>
        {asked && (
          <Confirm
            title={t('settings.logOutTitle')}
            text={hasPassword ? t('settings.logOutText') : t('settings.logOutGuest')}
            action={t('settings.logOut')}
            danger={!hasPassword}
            run={() => deed(deeds.logOut())}
            onClose={() => setAsked(false)}
          />
        )}
      </div>
    </Pane>
  )
}
