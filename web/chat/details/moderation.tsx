import { Tabs } from '@base-ui/react/tabs'
import { Ban as BanIcon, ScrollText } from 'lucide-react'
import { useEffect } from 'react'
import { ago, date } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import { Button } from '../../ui/button.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { useSource } from '../context.ts'
import { happeningText } from '../room/happening-text.ts'
import { useDeed } from '../use-deed.ts'
import { useNameOf } from '../use-name-of.ts'
import type { PageProps } from './details-view.tsx'
import { ListSkeleton } from './list-skeleton.tsx'
import { Reports } from './reports.tsx'

/** What members reported, who is banned, and what was done by whom. */
export function Moderation(props: PageProps) {
  const { model } = props
  const t = useT()
  useEffect(() => {
    for (const each of ['reports', 'bans', 'audit'] as const) model.deeds.look(each)
  }, [model])
  return (
    <Tabs.Root defaultValue="reports">
      <Tabs.List className="flex gap-1 border-b border-line px-3">
        {(['reports', 'bans', 'audit'] as const).map((tab) => (
          <Tabs.Tab
            key={tab}
            value={tab}
            className="-mb-px min-h-11 border-b-2 border-transparent px-3 font-semibold text-soft data-active:border-pine-ink data-active:text-ink"
          >
            {t(`moderation.${tab}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="reports">
        <Reports {...props} />
      </Tabs.Panel>
      <Tabs.Panel value="bans">
        <Bans {...props} />
      </Tabs.Panel>
      <Tabs.Panel value="audit">
        <Audit {...props} />
      </Tabs.Panel>
    </Tabs.Root>
  )
}

function Bans({ model }: PageProps) {
  const { bans } = useSource(model.details)
  const nameOf = useNameOf()
  const deed = useDeed()
  const t = useT()
  if (bans === undefined) return <ListSkeleton />
  if (bans.length === 0) return <StateView icon={<BanIcon />} title={t('moderation.noBans')} />
  return (
    <ul className="p-3">
      {bans.map(({ person, by, until, reason }) => (
        <li key={person} className="flex items-center gap-3 py-2">
          <span className="min-w-0 flex-1">
            <bdi className="block truncate font-semibold">{nameOf(person)}</bdi>
            <span className="block text-small text-soft wrap-anywhere">
              {t('moderation.bannedBy', { name: nameOf(by) })} ·{' '}
              {until === undefined ? t('punish.forever') : t('invitation.until', { date: date(t.lang, until) })}
              {reason !== undefined && reason !== '' && ` · ${reason}`}
            </span>
          </span>
          <Button onClick={() => void deed(model.deeds.unban(person))}>{t('moderation.unban')}</Button>
        </li>
      ))}
    </ul>
  )
}

function Audit({ model }: PageProps) {
  const { audit } = useSource(model.details)
  const nameOf = useNameOf()
  const t = useT()
  if (audit === undefined) return <ListSkeleton />
  if (audit.length === 0) return <StateView icon={<ScrollText />} title={t('moderation.noAudit')} />
  return (
    <ol className="grid gap-2 p-4">
      {audit.map((happening) => (
        <li key={happening.offset} className="flex gap-3 text-small">
          <span className="flex-1 wrap-anywhere">{happeningText(t, happening, nameOf)}</span>
          <time className="flex-none text-soft">{ago(t.lang, happening.time)}</time>
        </li>
      ))}
    </ol>
  )
}
