import { ChevronRight, DoorOpen, Files, Link2, Pencil, Pin, Shield, Users } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { date, span } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import { rightsIn } from '../../lib/rights.ts'
import type { DetailsPage } from '../../lib/route.ts'
import type { Level } from '../../lib/views.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { ChoiceGroup } from '../../ui/choice-group.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { useModel, useOnline, useSource } from '../context.ts'
import { Link } from '../link.tsx'
import { Markdown } from '../markdown/markdown.tsx'
import { useDeed } from '../use-deed.ts'
import { Block } from './block.tsx'
import type { PageProps } from './details-view.tsx'

export function About({ model, room, at }: PageProps) {
  const { deeds } = useModel()
  const { reports } = useSource(model.details)
  const online = useOnline(room.peer?.id)
  const deed = useDeed()
  const t = useT()
  const rights = rightsIn(room)
  const isDirect = room.kind === 'direct'
  useEffect(() => {
    if (rights.moderate) model.deeds.look('reports')
  }, [model, rights.moderate])
  return (
    <div className="grid gap-5 p-4">
      <div className="grid justify-items-center gap-2 pt-2 text-center">
        <Avatar
          id={room.peer?.id ?? room.id}
          name={room.name}
          picture={room.peer?.avatar ?? room.avatar}
          size="huge"
          square={!isDirect}
          online={online}
        />
        <h2 className="font-serif text-title font-semibold wrap-anywhere">
          <bdi>{room.name}</bdi>
        </h2>
        <p className="text-small text-soft">
          {isDirect ? t('details.direct') : t(room.kind === 'public' ? 'details.public' : 'details.group')}
          {!isDirect && ` · ${t('details.since', { date: date(t.lang, room.created) })}`}
        </p>
        {room.description !== '' && <Markdown text={room.description} />}
        {room.retention !== null && (
          <p className="text-small text-soft">{t('details.kept', { span: span(t.lang, room.retention) })}</p>
        )}
      </div>
      <nav aria-label={t('details.more')} className="grid">
        {!isDirect && <Row at={at} page="members" icon={<Users />} count={room.members} />}
        <Row at={at} page="pins" icon={<Pin />} />
        <Row at={at} page="files" icon={<Files />} />
        {rights.invite && <Row at={at} page="invitations" icon={<Link2 />} />}
        {rights.change && <Row at={at} page="edit" icon={<Pencil />} />}
        {rights.moderate && (
          <Row at={at} page="moderation" icon={<Shield />} count={reports?.length || undefined} asks />
        )}
      </nav>
      {room.role !== undefined && (
        <ChoiceGroup<Level>
          label={t('level.title')}
          value={room.level}
          choices={(['all', 'mentions', 'none'] as const).map((value) => ({ value, label: t(`level.${value}`) }))}
          onChange={(level) => void deed(deeds.setLevel(room.id, level))}
        />
      )}
      {room.role !== undefined && !isDirect && <Leave id={room.id} name={room.name} />}
      {room.peer !== undefined && room.peer.kind !== 'gone' && <Block person={room.peer} />}
    </div>
  )
}

interface RowProps {
  readonly at: PageProps['at']
  readonly page: DetailsPage
  readonly icon: ReactNode
  readonly count?: number | undefined
  /** What is counted waits for somebody. */
  readonly asks?: boolean
}

function Row({ at, page, icon, count, asks = false }: RowProps) {
  const t = useT()
  return (
    <Link
      to={{ view: 'details', at, page }}
      className="flex min-h-12 items-center gap-3 rounded-medium px-2 hover:bg-wash [&>svg]:size-5 [&>svg]:text-soft"
    >
      {icon}
      <span className="flex-1">{t(`details.${page}`)}</span>
      {count !== undefined && (
        <span className={asks ? 'font-semibold text-seal-ink tabular-nums' : 'text-soft tabular-nums'}>
          {t.number(count)}
        </span>
      )}
      <ChevronRight aria-hidden />
    </Link>
  )
}

function Leave({ id, name }: { id: string; name: string }) {
  const { deeds } = useModel()
  const [asked, setAsked] = useState(false)
  const deed = useDeed()
  const t = useT()
  return (
    <>
      <button
        type="button"
        className="flex min-h-12 items-center gap-3 rounded-medium px-2 text-seal-ink hover:bg-seal-wash [&>svg]:size-5"
        onClick={() => setAsked(true)}
      >
        <DoorOpen aria-hidden />
        {t('details.leave')}
      </button>
      {asked && (
        <Confirm
          title={t('details.leaveTitle', { name })}
          text={t('details.leaveText')}
          action={t('details.leave')}
          run={() => deed(deeds.leave(id))}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  )
}
