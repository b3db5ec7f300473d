import { useEffect } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import type { Message } from '../../lib/views.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useMe, useModel, usePerson, useSource } from '../context.ts'
import { readersOf } from './readers.ts'

interface Props {
  readonly message: Message
  readonly model: RoomModel
  readonly onClose: () => void
}

/** Who of a room has read a message of one's own, and who has not yet. */
export function ReadersDialog({ message, model, onClose }: Props) {
  const receipts = useSource(model.receipts)
  const me = useMe()
  const { byId } = useSource(useModel().people)
  const { read, others } = readersOf(receipts, message.offset, me.id)
  const strangers = [...receipts.keys()].filter((id) => !byId.has(id)).join(' ')
  const t = useT()
  useEffect(() => {
    if (strangers !== '') model.deeds.meet(strangers.split(' '))
  }, [model, strangers])
  return (
    <Dialog title={t('readers.title')} text={t('readers.hint')} onClose={onClose}>
      {read.length > 0 && <People title={t('readers.read')} people={read} />}
      {others.length > 0 && <People title={t('readers.notYet')} people={others} />}
    </Dialog>
  )
}

function People({ title, people }: { title: string; people: readonly string[] }) {
  return (
    <section aria-label={title} className="pb-2">
      <h3 className="text-small font-semibold text-soft">{title}</h3>
      <ul>
        {people.map((id) => (
          <Reader key={id} id={id} />
        ))}
      </ul>
    </section>
  )
}

function Reader({ id }: { id: string }) {
  const { name, avatar } = usePerson(id)
  return (
    <li className="flex items-center gap-3 py-1.5">
      <Avatar id={id} name={name} picture={avatar} />
      <bdi className="min-w-0 truncate">{name}</bdi>
    </li>
  )
}
