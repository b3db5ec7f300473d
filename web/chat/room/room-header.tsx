import { ArrowLeft, BellOff, Info, Search } from 'lucide-react'
import { ago } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import type { Room } from '../../lib/views.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { useModel, useOnline, useRouter, useSource } from '../context.ts'
import { Link } from '../link.tsx'
import { addressOfRoom } from './quote-view.tsx'
import { RoomMenu } from './room-menu.tsx'

interface Props {
  readonly room: Room
  readonly showsDetails: boolean
  /** Asks for another day, at this element; undefined: nothing has been said on any. */
  readonly jump: ((anchor: HTMLElement) => void) | undefined
}

export function RoomHeader({ room, showsDetails, jump }: Props) {
  const router = useRouter()
  const t = useT()
  const at = addressOfRoom(room)
  const online = useOnline(room.peer?.id)
  const search = (): void => router.go({ view: 'search', query: '', room: room.id })
  return (
    <header className="safe-top flex-none border-b border-line bg-sheet">
      <div className="flex h-14 items-center gap-2 px-2 wide:px-4">
        <span className="wide:hidden">
          <IconButton label={t('back')} onClick={() => router.back({ view: 'rooms' })}>
            <ArrowLeft aria-hidden />
          </IconButton>
        </span>
        <Link
          to={{ view: 'details', at, page: 'about' }}
          className="flex min-w-0 flex-1 items-center gap-3 rounded-medium p-1"
        >
          <Avatar
            id={room.peer?.id ?? room.id}
            name={room.name}
            picture={room.peer?.avatar ?? room.avatar}
            square={room.kind !== 'direct'}
            online={online}
          />
          <span className="min-w-0">
            <h1 className="flex items-center gap-1.5 font-semibold">
              <bdi className="truncate">{room.name}</bdi>
              {room.level === 'none' && (
                <BellOff aria-label={t('level.none')} className="size-3.5 flex-none text-soft" />
              )}
            </h1>
            <Below room={room} />
          </span>
        </Link>
        <span className="hidden wide:block">
          <IconButton label={t('room.search')} onClick={search}>
            <Search aria-hidden />
          </IconButton>
        </span>
        <RoomMenu search={search} jump={jump} />
        <IconButton
          label={showsDetails ? t('room.hideDetails') : t('room.details')}
          aria-pressed={showsDetails}
          active={showsDetails}
          onClick={() =>
            showsDetails ? router.back({ view: 'room', at }) : router.go({ view: 'details', at, page: 'about' })
          }
        >
          <Info aria-hidden />
        </IconButton>
      </div>
    </header>
  )
}

/** Below the name: whether the other is here, or how many there are. */
function Below({ room }: { room: Room }) {
  const { presence } = useSource(useModel().people)
  const t = useT()
  const peer = room.peer === undefined ? undefined : presence.get(room.peer.id)
  return (
    <span className="block truncate text-small text-soft">
      {room.kind !== 'direct'
        ? t('room.members', { count: room.members })
        : peer?.online === true
          ? t('people.online')
          : peer?.seen === undefined
            ? t('people.away')
            : t('people.seen', { ago: ago(t.lang, peer.seen) })}
    </span>
  )
}
