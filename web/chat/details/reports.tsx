import { Ellipsis, Flag } from 'lucide-react'
import { useState } from 'react'
import { ago } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import { mayPunish } from '../../lib/rights.ts'
import type { Report } from '../../lib/room-model.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { MenuButton } from '../../ui/menu-button.tsx'
import type { MenuItem } from '../../ui/menu.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { say } from '../../ui/toast.ts'
import { useMe, usePerson, useRouter, useSource } from '../context.ts'
import { FoundMessage } from '../found-message.tsx'
import { plain } from '../markdown/parse.ts'
import { useDeed } from '../use-deed.ts'
import type { PageProps } from './details-view.tsx'
import { ListSkeleton } from './list-skeleton.tsx'
import { PunishDialog, type Punishment } from './punish-dialog.tsx'
import { useNameOf } from '../use-name-of.ts'

/**
 * What members showed to the moderators, and what can be done about it. A report
 * that is asked about stays until that is answered, whoever settles it meanwhile.
 */
export function Reports(props: PageProps) {
  const { reports: open } = useSource(props.model.details)
  const [held, hold] = useState<Report>()
  const t = useT()
  if (open === undefined) return <ListSkeleton />
  const reports = held === undefined || open.some(({ id }) => id === held.id) ? open : [held, ...open]
  if (reports.length === 0) return <StateView icon={<Flag />} title={t('moderation.noReports')} />
  return (
    <ul className="grid grid-cols-[minmax(0,1fr)] gap-2 p-3">
      {reports.map((report) => (
        <ReportRow key={report.id} report={report} hold={hold} {...props} />
      ))}
    </ul>
  )
}

interface RowProps extends PageProps {
  readonly report: Report
  readonly hold: (report: Report | undefined) => void
}

/** What is done about the message or its author closes the report; so does saying that nothing has to be done. */
function ReportRow({ report, hold, model, room, at }: RowProps) {
  const { id, message, by, time, reason, role, gone } = report
  const [asked, setAsked] = useState<Punishment | 'remove'>()
  const ask = (what: Punishment | 'remove' | undefined): void => {
    setAsked(what)
    hold(what && report)
  }
  const author = usePerson(message.from)
  const nameOf = useNameOf()
  const me = useMe()
  const deed = useDeed()
  const t = useT()
  const mayAct = mayPunish(room, { person: author, role: role ?? 'member', joined: 0 }, me.id)
  const settle = async (outcome: 'dismissed' | 'acted'): Promise<void> => {
    if (await deed(model.deeds.settleReport(id, outcome))) say(t(`moderation.${outcome}`))
  }
  const remove = async (): Promise<void> => {
    if (await deed(model.deeds.remove(message.offset))) await settle('acted')
  }
  const items = useAuthorMenu(report, mayAct, ask, () => void settle('acted'))
  return (
    <li className="rounded-large border border-line p-1">
      <FoundMessage message={message} at={at}>
        {plain(message.text)}
      </FoundMessage>
      <p className="px-2.5 py-1 text-small text-soft wrap-anywhere">
        {t('moderation.reportedBy', { name: nameOf(by), ago: ago(t.lang, time) })}
        {reason !== '' && ` “${reason}”`}
        {gone && <span className="block">{t('moderation.gone')}</span>}
      </p>
      <div className="flex flex-wrap items-center gap-1">
        <Button kind="quiet" onClick={() => void settle('dismissed')}>
          {t('moderation.dismiss')}
        </Button>
        {!gone && mayAct && (
          <Button kind="quiet" onClick={() => ask('remove')}>
            {t('moderation.remove')}
          </Button>
        )}
        <span className="ms-auto">
          <MenuButton
            label={t('moderation.more', { name: author.name })}
            icon={<Ellipsis aria-hidden />}
            items={items}
          />
        </span>
      </div>
      {asked === 'remove' && (
        <Confirm
          title={t('message.removeTitle')}
          text={t('message.removeText')}
          action={t('message.remove')}
          run={remove}
          onClose={() => ask(undefined)}
        />
      )}
      {asked !== undefined && asked !== 'remove' && (
        <PunishDialog
          kind={asked}
          person={author}
          model={model}
          onDone={() => void settle('acted')}
          onClose={() => ask(undefined)}
        />
      )}
    </li>
  )
}

/** Who is no member any more can neither be muted nor removed; a ban keeps them from coming back. */
function useAuthorMenu(
  { message, role }: Report,
  mayAct: boolean,
  ask: (what: Punishment) => void,
  otherwise: () => void,
): MenuItem[] {
  const router = useRouter()
  const me = useMe()
  const t = useT()
  const isMember = mayAct && role !== undefined
  const all: (MenuItem | false)[] = [
    message.from !== me.id && {
      label: t('members.write'),
      run: () => router.go({ view: 'room', at: { person: message.from } }),
    },
    isMember && { label: t('members.mute'), apart: true, run: () => ask('mute') },
    isMember && { label: t('members.kick'), danger: true, run: () => ask('kick') },
    mayAct && { label: t('members.ban'), danger: true, run: () => ask('ban') },
    { label: t('moderation.otherwise'), apart: true, run: otherwise },
  ]
  return all.filter((item) => item !== false)
}
