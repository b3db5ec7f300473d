import { Ban, DoorOpen, SearchX, ServerCrash, UserX } from 'lucide-react'
import type { ReactNode } from 'react'
import { fullTime } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import type { RoomState, Sentenced } from '../../lib/room-model.ts'
import { StateView } from '../../ui/state-view.tsx'
import { Link } from '../link.tsx'
import { problemText } from '../use-deed.ts'

export interface ShutRoomProps {
  readonly state: Exclude<RoomState, { at: 'open' | 'loading' }>
}

/** Why there is no room to see. */
export function ShutRoom({ state }: ShutRoomProps) {
  const t = useT()
  const [icon, title, text] = words(state, t)
  return (
    <div className="row-span-2">
      <StateView
        whole
        icon={icon}
        title={title}
        action={
          <Link
            to={{ view: 'rooms' }}
            className="rounded-medium px-4 py-2 font-semibold text-pine-ink hover:bg-pine-wash"
          >
            {t('rooms.toList')}
          </Link>
        }
      >
        {text}
      </StateView>
    </div>
  )
}

function words(
  state: ShutRoomProps['state'],
  t: ReturnType<typeof useT>,
): [icon: ReactNode, title: string, text: ReactNode] {
  switch (state.at) {
    case 'failed':
      return [<ServerCrash key="icon" />, t('room.failed'), problemText(t, state.problem)]
    case 'missing':
      return [<SearchX key="icon" />, t('room.missing'), t('room.missingHint')]
    case 'banned':
      return [<Ban key="icon" />, t('room.banned'), why(state, t('room.bannedHint'), t)]
    case 'removed':
      return [
        state.why === 'left' ? <DoorOpen key="icon" /> : <UserX key="icon" />,
        t(`room.removed.${state.why}`, { name: state.room.name }),
        why(state, t('room.removedHint'), t),
      ]
  }
}

/** Which reason was given, until when it is, and what else there is to say. */
function why({ reason = '', until }: Sentenced, hint: string, t: ReturnType<typeof useT>): ReactNode {
  return (
    <>
      {reason !== '' && <bdi className="block">{t('room.removedBecause', { reason })}</bdi>}
      {until !== undefined && <span className="block">{t('room.bannedUntil', { time: fullTime(t.lang, until) })}</span>}
      {hint}
    </>
  )
}
