import { useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { rightsIn } from '../../lib/rights.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import type { Message } from '../../lib/views.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { say } from '../../ui/toast.ts'
import { useModel, useSource } from '../context.ts'
import { named } from '../rooms/filter.ts'
import { useDeed } from '../use-deed.ts'

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
            <li key={room.id}>
              <button
                type="button"
                className="flex w-full items-center gap-3 rounded-medium p-2 text-start hover:bg-wash"
                onClick={() => void forward(room.id, room.name)}
              >
                <Avatar
                  id={room.peer?.id ?? room.id}
                  name={room.name}
                  picture={room.peer?.avatar}
                  square={room.kind !== 'direct'}
                />
                <bdi className="truncate">{room.name}</bdi>
              </button>
            </li>
          ))}
      </ul>
    </Dialog>
  )
}
