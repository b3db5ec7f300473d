import { useEffect } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import type { DetailsPage, RoomAddress } from '../../lib/route.ts'
import type { Room } from '../../lib/views.ts'
import { useModel, useRouter, useSource } from '../context.ts'
import { Pane } from '../pane.tsx'
import { About } from './about.tsx'
import { EditRoom } from './edit-room.tsx'
import { Invitations } from './invitations.tsx'
import { Members } from './members.tsx'
import { Moderation } from './moderation.tsx'
import { Pins } from './pins.tsx'
import { RoomFiles } from './room-files.tsx'

export interface DetailsProps {
  readonly at: RoomAddress
  readonly page: DetailsPage
}

/** What there is to know of a room besides its messages. */
export function DetailsView({ at, page }: DetailsProps) {
  const model = useModel().room(at)
  const state = useSource(model.state)
  const t = useT()
  const router = useRouter()
  const isShut = state.at !== 'open' && state.at !== 'loading'
  useEffect(() => {
    if (isShut) router.go({ view: 'room', at }, { replace: true }) // which says why
  }, [isShut, router, at])
  const parent = page === 'about' ? ({ view: 'room', at } as const) : ({ view: 'details', at, page: 'about' } as const)
  return (
    <Pane title={t(`details.${page}`)} parent={parent}>
      {state.at === 'open' && <DetailsPageView page={page} model={model} room={state.room} at={at} />}
    </Pane>
  )
}

export interface PageProps {
  readonly model: RoomModel
  readonly room: Room
  readonly at: RoomAddress
}

function DetailsPageView({ page, ...props }: PageProps & { page: DetailsPage }) {
  switch (page) {
    case 'about':
      return <About {...props} />
    case 'members':
      return <Members {...props} />
    case 'invitations':
      return <Invitations {...props} />
    case 'pins':
      return <Pins {...props} />
    case 'files':
      return <RoomFiles {...props} />
    case 'edit':
      return <EditRoom {...props} />
    case 'moderation':
      return <Moderation {...props} />
  }
}
