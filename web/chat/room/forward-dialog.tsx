import { useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { rightsIn } from '../../lib/rights.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import type { Message } from '../../lib/views.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { say } from '../../ui/toast.ts'
import { useModel, useSource } from '../context.ts'
import { named } from '../rooms/filter.ts'
import { useDeed } from '../use-deed.ts'
import { RoomChoice } from '../rooms/room-choice.tsx'

interface Props {
  readonly message: Message
  readonly model: RoomModel
  readonly onClose: () => void
}

export function ForwardDialog({ message, model, onClose }: Props) {
  const [query, setQuery] = useState('')
  const { rooms } = useSource(useModel().rooms)
  const deed = useDeed()
  const t = useT()
  const forward = async (room: string, name: string): Promise<void> => {
    onClose()
    if (await deed(model.deeds.forward(message.offset, room))) say(t('forward.done', { name }))
  }
  return (
    <Dialog title={t('forward.title')} onClose={onClose}>
      <Field label={t('rooms.search')} type="search" value={query} onChange={(event) => setQuery(event.target.value)} />
      <ul className="mt-3 min-h-40">
        {named(rooms, query)
          .filter((room) => rightsIn(room).write === true)
          .map((room) => (
            <RoomChoice key={room.id} room={room} onChoose={() => void forward(room.id, room.name)} />
          ))}
      </ul>
    </Dialog>
  )
}
