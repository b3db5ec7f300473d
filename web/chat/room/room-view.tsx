import { useState } from 'react'
import { MessageCircle } from 'lucide-react'
import { useT } from '../../i18n/use-translate.ts'
import type { RoomModel, RoomState } from '../../lib/room-model.ts'
import type { RoomAddress } from '../../lib/route.ts'
import { later } from '../../ui/later.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { Composer } from '../composer/composer.tsx'
import { useModel, useRouter, useSource } from '../context.ts'
import { told } from '../../lib/rows.ts'
import { type AskedDay, MessageList } from './message-list.tsx'
import { RoomHeader } from './room-header.tsx'
import { RoomSkeleton } from './room-skeleton.tsx'
import type { ShutRoomProps } from './shut-room.tsx'
import { TypingLine } from './typing-line.tsx'
import { useAway } from './use-away.ts'

/** Fetched when it is needed: mostly one may come in. */
const ShutRoom = later<ShutRoomProps>(async () => (await import('./shut-room.tsx')).ShutRoom)

interface Props {
  readonly at: RoomAddress
  readonly target: number | undefined
  readonly showsDetails: boolean
}

/** A room, in whatever state it is for the reader. */
export function RoomView({ at, target, showsDetails }: Props) {
  const model = useModel().room(at)
  const state = useSource(model.state)
  const t = useT()
  return (
    <section aria-label={t('room.label')} className="grid min-h-0 min-w-0 grid-rows-[auto_minmax(0,1fr)] bg-paper">
      {state.at === 'open' ? (
        <OpenRoom state={state} model={model} target={target} showsDetails={showsDetails} />
      ) : state.at === 'loading' ? (
        <RoomSkeleton />
      ) : (
        <ShutRoom state={state} />
      )}
    </section>
  )
}

interface OpenProps {
  readonly state: Extract<RoomState, { at: 'open' }>
  readonly model: RoomModel
  readonly target: number | undefined
  readonly showsDetails: boolean
}

function OpenRoom({ state, model, target, showsDetails }: OpenProps) {
  const page = useSource(model.paging.page)
  const pending = useSource(model.pending.messages)
  const t = useT()
  const away = useAway(state, page, pending)
  const [asked, setAsked] = useState<AskedDay>()
  const jump = (anchor: HTMLElement): void => {
    const looked = model.scroll.lookedAt()
    const message = page.messages.find(({ offset }) => offset === looked) ?? page.messages.at(-1)
    setAsked({ anchor, time: message?.time ?? state.room.last?.time ?? Date.now() })
  }
  const isEmpty =
    page.messages.length + pending.length + told(page.happenings, state.room).length === 0 &&
    page.before === 'end' &&
    page.after === 'end'
  return (
    <>
      <RoomHeader room={state.room} showsDetails={showsDetails} jump={isEmpty ? undefined : jump} />
      <div className="grid min-h-0 grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)_auto_auto]">
        {isEmpty ? (
          <StateView icon={<MessageCircle />} title={t('room.empty')}>
            {t('room.emptyHint')}
          </StateView>
        ) : (
          <MessageList
            model={model}
            state={state}
            target={target}
            covered={showsDetails}
            asked={asked}
            ask={setAsked}
          />
        )}
        <TypingLine typing={model.typing} away={away} />
        <Composer model={model} room={state.room} waitUntil={state.waitUntil} />
      </div>
    </>
  )
}

/** Beside the list on a wide screen, while no room is chosen. */
export function NoRoom() {
  const t = useT()
  const router = useRouter()
  return (
    <section aria-label={t('room.label')} className="hidden min-w-0 bg-paper wide:block">
      <StateView
        icon={<MessageCircle />}
        title={t('room.none')}
        action={
          <button
            type="button"
            className="font-semibold text-pine-ink underline"
            onClick={() => router.go({ view: 'browse' })}
          >
            {t('rooms.browse')}
          </button>
        }
      >
        {t('room.noneHint')}
      </StateView>
    </section>
  )
}
