import { useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { span } from '../../i18n/format.ts'
import { rightsIn } from '../../lib/rights.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import type { Person, Room } from '../../lib/views.ts'
import { Button } from '../../ui/button.tsx'
import { useModel } from '../context.ts'
import { useBlocked } from '../use-blocked.ts'
import { useDeed } from '../use-deed.ts'
import { WritingArea } from './writing-area.tsx'

interface Props {
  readonly model: RoomModel
  readonly room: Room
  readonly waitUntil: number
}

/** Where one writes; or why one cannot, and what can be done about it. */
export function Composer({ model, room, waitUntil }: Props) {
  const t = useT()
  const [now] = useState(() => Date.now())
  const { write } = rightsIn(room)
  const isBlocked = useBlocked(room.peer?.id)
  if (isBlocked && room.peer !== undefined) return <BlockedBar person={room.peer} />
  if (write === true) return <WritingArea model={model} room={room} waitUntil={waitUntil} />
  if (write === 'notMember') return <JoinBar room={room} />
  const left = typeof room.mutedUntil === 'number' ? Math.max(60_000, room.mutedUntil - now) : undefined
  return (
    <p role="note" className="safe-bottom border-t border-line bg-sheet px-4 py-4 text-center text-soft [--safe:1rem]">
      {write === 'muted' && left !== undefined
        ? t('composer.mutedFor', { span: span(t.lang, wholeMinutes(left)) })
        : t(`composer.${write}`)}
    </p>
  )
}

const wholeMinutes = (time: number): number => Math.ceil(time / 60_000) * 60_000

/** Who wants to hear nothing from somebody does not write to them by mistake. */
function BlockedBar({ person }: { person: Person }) {
  const { deeds } = useModel()
  const deed = useDeed()
  const t = useT()
  return (
    <div className="safe-bottom flex items-center gap-3 border-t border-line bg-sheet px-4 pt-3 [--safe:0.75rem]">
      <p className="min-w-0 flex-1 text-soft wrap-anywhere">{t('privacy.isBlocked', { name: person.name })}</p>
      <Button onClick={() => void deed(deeds.unblock(person.id))}>{t('privacy.unblock')}</Button>
    </div>
  )
}

function JoinBar({ room }: { room: Room }) {
  const { deeds } = useModel()
  const [busy, setBusy] = useState(false)
  const deed = useDeed()
  const t = useT()
  const join = async (): Promise<void> => {
    setBusy(true)
    await deed(deeds.join(room.id))
    setBusy(false)
  }
  return (
    <div className="safe-bottom flex items-center gap-3 border-t border-line bg-sheet px-4 pt-3 [--safe:0.75rem]">
      <p className="flex-1 text-soft">{t('composer.notMember')}</p>
      <Button kind="primary" busy={busy} onClick={() => void join()}>
        {t('rooms.join')}
      </Button>
    </div>
  )
}
