import { Compass, ServerCrash } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { Room } from '../../lib/views.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { useModel, useRouter, useSource } from '../context.ts'
import { Link } from '../link.tsx'
import { plain } from '../markdown/parse.ts'
import { Pane } from '../pane.tsx'
import { useDeed } from '../use-deed.ts'
import { named } from './filter.ts'
import { RoomListSkeleton } from './room-list-skeleton.tsx'

/** Public rooms, for anybody to join. */
export function Browse() {
  const { directory, deeds } = useModel()
  const { state, rooms } = useSource(directory)
  const [query, setQuery] = useState('')
  const t = useT()
  useEffect(() => deeds.look('directory'), [deeds])
  const shown = named(rooms, query)
  return (
    <Pane title={t('rooms.browse')} parent={{ view: 'rooms' }}>
      <div className="mx-auto max-w-160 p-4">
        <Field
          label={t('rooms.searchPublic')}
          type="search"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        {state === 'loading' && <RoomListSkeleton />}
        {state === 'failed' && <StateView icon={<ServerCrash />} title={t('rooms.failed')} />}
        {state === 'ready' && shown.length === 0 && (
          <StateView icon={<Compass />} title={t('rooms.noneFound')}>
            {t('rooms.noneFoundHint')}
          </StateView>
        )}
        <ul className="mt-3 grid gap-1">
          {shown.map((room) => (
            <PublicRoom key={room.id} room={room} />
          ))}
        </ul>
      </div>
    </Pane>
  )
}

function PublicRoom({ room }: { room: Room }) {
  const { deeds } = useModel()
  const router = useRouter()
  const deed = useDeed()
  const t = useT()
  const join = async (): Promise<void> => {
    if (await deed(deeds.join(room.id))) router.go({ view: 'room', at: { room: room.id } })
  }
  return (
    <li className="flex items-center gap-3 rounded-large p-2 hover:bg-wash">
      <Link to={{ view: 'room', at: { room: room.id } }} className="flex min-w-0 flex-1 items-center gap-3">
        <Avatar id={room.id} name={room.name} picture={room.avatar} size="large" square />
        <span className="min-w-0 flex-1">
          <bdi className="block truncate font-semibold">{room.name}</bdi>
          <bdi className="line-clamp-2 text-small text-soft">{plain(room.description)}</bdi>
          <span className="text-tiny text-soft">{t('room.members', { count: room.members })}</span>
        </span>
      </Link>
      {room.role === undefined ? (
        <Button onClick={() => void join()}>{t('rooms.join')}</Button>
      ) : (
        <span className="text-small text-soft">{t('rooms.joined')}</span>
      )}
    </li>
  )
}
