import { Tabs } from '@base-ui/react/tabs'
import { Ban as BanIcon, Flag, ScrollText } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { ago, date } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import { Button } from '../../ui/button.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { useMe, useModel, useSource } from '../context.ts'
import { FoundMessage } from '../found-message.tsx'
import { plain } from '../markdown/parse.ts'
import { happeningText } from '../room/happening-text.ts'
import { useDeed } from '../use-deed.ts'
import type { PageProps } from './details-view.tsx'
import { ListSkeleton } from './list-skeleton.tsx'

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

function Reports({ model, at }: PageProps) {
  const { reports } = useSource(model.details)
  const nameOf = useNameOf()
  const deed = useDeed()
  const t = useT()
  if (reports === undefined) return <ListSkeleton />
  if (reports.length === 0) return <Nothing icon={<Flag />} title={t('moderation.noReports')} />
  return (
    <ul className="grid gap-2 p-3">
      {reports.map(({ id, message, by, time, reason }) => (
        <li key={id} className="rounded-large border border-line p-1">
          <FoundMessage message={message} at={at}>
            {plain(message.text)}
          </FoundMessage>
          <p className="px-2.5 py-1 text-small text-soft wrap-anywhere">
            {t('moderation.reportedBy', { name: nameOf(by), ago: ago(t.lang, time) })}
            {reason !== '' && ` “${reason}”`}
          </p>
          <div className="flex gap-1">
            <Button kind="quiet" onClick={() => void deed(model.deeds.settleReport(id))}>
              {t('moderation.settle')}
            </Button>
            <Button kind="quiet" onClick={() => void deed(model.deeds.remove(message.offset))}>
              {t('message.remove')}
            </Button>
          </div>
        </li>
      ))}
    </ul>
  )
}

function Bans({ model }: PageProps) {
  const { bans } = useSource(model.details)
  const nameOf = useNameOf()
  const deed = useDeed()
  const t = useT()
  if (bans === undefined) return <ListSkeleton />
  if (bans.length === 0) return <Nothing icon={<BanIcon />} title={t('moderation.noBans')} />
  return (
    <ul className="p-3">
      {bans.map(({ person, by, until, reason }) => (
        <li key={person} className="flex items-center gap-3 py-2">
          <span className="min-w-0 flex-1">
            <bdi className="block truncate font-semibold">{nameOf(person)}</bdi>
            <span className="block text-small text-soft wrap-anywhere">
              {t('moderation.bannedBy', { name: nameOf(by) })} ·{' '}
              {until === undefined ? t('punish.forever') : t('invitation.until', { date: date(t.lang, until) })}
              {reason !== undefined && ` · ${reason}`}
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
  if (audit.length === 0) return <Nothing icon={<ScrollText />} title={t('moderation.noAudit')} />
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

function Nothing({ icon, title }: { icon: ReactNode; title: string }) {
  return (
    <div className="pt-10">
      <StateView icon={icon} title={title} />
    </div>
  )
}

function useNameOf(): (id: string) => string {
  const { byId } = useSource(useModel().people)
  const me = useMe()
  const t = useT()
  return (id) => (id === me.id ? t('you') : (byId.get(id)?.name ?? t('people.somebody')))
}
