import { useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { Room } from '../../lib/views.ts'
import { useModel, useRouter, useSource } from '../context.ts'
import { Pane } from '../pane.tsx'
import { takeShared } from '../../drive/shared-in.ts'
import { RoomChoice } from '../rooms/room-choice.tsx'

/** Where to put what another app shared. It goes into the draft, and is sent by hand. */
export function ShareView() {
  const model = useModel()
  const { rooms } = useSource(model.rooms)
  const [isTaken, setTaken] = useState(false)
  const router = useRouter()
  const t = useT()
  const put = async (room: Room): Promise<void> => {
    if (isTaken) return
    setTaken(true)
    const shared = await takeShared()
    const { deeds, draft } = model.room({ room: room.id })
    if (shared !== undefined) {
      deeds.setDraft({ text: [draft.value.text, shared.text].filter((text) => text !== '').join('\n') })
      deeds.addFiles(shared.files)
    }
    router.go({ view: 'room', at: { room: room.id } }, { replace: true })
  }
  const open = rooms.filter(({ archived, role }) => !archived && role !== undefined)
  return (
    <Pane title={t('share.title')} parent={{ view: 'rooms' }}>
      <ul className="mx-auto grid max-w-120 p-5">
        {open.length === 0 && <li className="text-soft">{t('rooms.empty')}</li>}
        {open.map((room) => (
          <RoomChoice key={room.id} room={room} roomy onChoose={() => void put(room)} />
        ))}
      </ul>
    </Pane>
  )
}
