import { AlertCircle, BellOff, Lock } from 'lucide-react'
import { memo } from 'react'
import { names, shortTime } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import { isUnread } from '../../lib/room-order.ts'
import type { Room } from '../../lib/views.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Badge } from '../../ui/badge.tsx'
import { classes } from '../../ui/classes.ts'
import { useMe, useModel, useOnline, useSource } from '../context.ts'
import { Link } from '../link.tsx'
import { usePlain } from '../markdown/formatting.ts'
import { addressOfRoom } from '../room/quote-view.tsx'
import { useToday } from '../use-today.ts'

interface Props {
  readonly room: Room
  readonly selected: boolean
  readonly typing: readonly string[]
  readonly failed: boolean
}

/** A room in the list: its last word, and what of it one has not read. */
export const RoomRow = memo(function RoomRow({ room, selected, typing, failed }: Props) {
  const t = useT()
  const online = useOnline(room.peer?.id)
  useToday() // at midnight times have other names
  const time = room.last?.time
  return (
    <li>
      <Link
        to={{ view: 'room', at: addressOfRoom(room) }}
        aria-current={selected ? 'page' : undefined}
        className={classes(
          'flex items-center gap-3 rounded-large px-2.5 py-2 transition-colors',
          selected ? 'bg-pine-wash' : 'hover:bg-wash',
        )}
      >
        <Avatar
          id={room.peer?.id ?? room.id}
          name={room.name}
          picture={room.peer?.avatar ?? room.avatar}
          size="large"
          square={room.kind !== 'direct'}
          online={online}
        />
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span className="flex min-w-0 flex-1 items-center gap-1.5">
              <bdi className={classes('truncate', isUnread(room) ? 'font-bold' : 'font-semibold')}>{room.name}</bdi>
              {room.kind === 'group' && <Lock aria-label={t('rooms.group')} className="size-3 flex-none text-soft" />}
              {room.level === 'none' && <BellOff aria-label={t('level.none')} className="size-3 flex-none text-soft" />}
            </span>
            {time !== undefined && (
              <time dateTime={new Date(time).toISOString()} className="flex-none text-tiny text-soft tabular-nums">
                {shortTime(t.lang, time)}
              </time>
            )}
          </span>
          <span className="flex min-h-5 items-center gap-2">
            <span className="min-w-0 flex-1 truncate text-small text-soft">
              <LastWord room={room} typing={typing} />
            </span>
            {failed && <AlertCircle aria-label={t('rooms.notSent')} className="size-4.5 flex-none text-seal-ink" />}
            <Counts room={room} />
          </span>
        </span>
      </Link>
    </li>
  )
})

function LastWord({ room, typing }: { room: Room; typing: readonly string[] }) {
  const { byId } = useSource(useModel().people)
  const said = usePlain(room.last?.text ?? room.description)
  const me = useMe()
  const t = useT()
  const nameOf = (id: string): string => byId.get(id)?.name ?? t('people.somebody')
  if (typing.length > 0)
    return (
      <span className="text-pine-ink">
        {t('room.typing', { names: names(t, typing.map(nameOf)), count: typing.length })}
      </span>
    )
  if (room.draft !== '')
    return (
      <>
        <span className="font-semibold text-seal-ink">{t('rooms.draft')}</span> <bdi>{room.draft}</bdi>
      </>
    )
  if (room.last === undefined) return room.description === '' ? t('rooms.noMessages') : said
  const { from, text, files, removed } = room.last
  const who = from === me.id ? t('you') : nameOf(from)
  return (
    <>
      {(from === me.id || room.kind !== 'direct') && <bdi>{t('rooms.says', { name: who })} </bdi>}
      <bdi>{removed ? t('message.removed') : text === '' ? t('message.files', { count: files }) : said}</bdi>
    </>
  )
}

/** Mentions ask for one; the others only count, and in a silent room they whisper. */
function Counts({ room: { unread, mentions, markedUnread, level, kind } }: { room: Room }) {
  const t = useT()
  const quiet = level === 'none' || (level === 'mentions' && mentions === 0)
  if (mentions > 0)
    return (
      <span className="flex items-center gap-1">
        <Badge loud count={mentions} label={t('rooms.mentions', { count: mentions })} />
        {unread > mentions && kind !== 'direct' && (
          <span className="text-tiny text-soft tabular-nums">{t.number(unread)}</span>
        )}
      </span>
    )
  if (unread > 0 && quiet)
    return (
      <span className="text-tiny font-semibold text-soft tabular-nums">
        <span aria-hidden>{unread > 999 ? '999+' : unread}</span>
        <span className="unseen">{t('rooms.unread', { count: unread })}</span>
      </span>
    )
  if (unread > 0) return <Badge count={unread} label={t('rooms.unread', { count: unread })} />
  return markedUnread ? (
    <span role="img" aria-label={t('rooms.markedUnread')} className="size-2.5 rounded-full bg-pine" />
  ) : null
}
