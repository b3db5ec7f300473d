import { Popover } from '@base-ui/react/popover'
import { useId, useState, type FormEvent } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { beginOf, dayOf } from '../../lib/day.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import type { Room } from '../../lib/views.ts'
import { Button } from '../../ui/button.tsx'
import { returnTo } from '../../ui/focus-return.ts'
import { useRouter } from '../context.ts'
import { useForm, problemText } from '../use-deed.ts'
import { addressOfRoom } from './quote-view.tsx'

export interface DayPopoverProps {
  readonly anchor: HTMLElement
  /** Of the day that one comes from. */
  readonly time: number
  readonly room: Room
  readonly model: RoomModel
  /** The message that it leads to. */
  readonly going: (offset: number) => void
  readonly onClose: () => void
}

/** Asks for a day, and leads to its first message, or the next that there is. */
export function DayPopover({ anchor, time, room, model, going, onClose }: DayPopoverProps) {
  const [open, setOpen] = useState(true)
  return (
    <Popover.Root open={open} onOpenChange={setOpen} onOpenChangeComplete={(next) => !next && onClose()}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} sideOffset={6} collisionPadding={8} className="z-40">
          <Popover.Popup
            finalFocus={returnTo(anchor)}
            className="float w-72 max-w-[calc(100vw-1rem)] rounded-large border border-line bg-raised p-4 shadow-float outline-none"
          >
            <DayForm time={time} room={room} model={model} going={going} close={() => setOpen(false)} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

function DayForm({
  time,
  room,
  model,
  going,
  close,
}: Omit<DayPopoverProps, 'anchor' | 'onClose'> & { readonly close: () => void }) {
  const [day, setDay] = useState(dayOf(time))
  const [today] = useState(() => Date.now())
  const { busy, problem, submit } = useForm()
  const router = useRouter()
  const title = useId()
  const t = useT()
  const go = (to: number | undefined): Promise<boolean> =>
    submit(async () => {
      const found = await model.paging.find(to ?? 0)
      if (!found.ok) return found
      close()
      going(found.value.offset)
      router.go({ view: 'room', at: addressOfRoom(room), offset: found.value.offset })
      return found
    })
  const submitted = (event: FormEvent): void => {
    event.preventDefault()
    const begin = beginOf(day)
    if (begin !== undefined) void go(begin)
  }
  return (
    <form className="grid gap-3" onSubmit={submitted}>
      <Popover.Title id={title} className="font-serif font-semibold">
        {t('day.jump')}
      </Popover.Title>
      <input
        aria-labelledby={title}
        type="date"
        required
        min={dayOf(room.created)}
        max={dayOf(room.last?.time ?? today)}
        value={day}
        className="h-11 w-full rounded-medium border border-edge bg-sheet px-3 text-body outline-offset-0 focus-visible:border-pine-ink focus-visible:outline-1 focus-visible:outline-pine-ink"
        onChange={(event) => setDay(event.target.value)}
      />
      {problem !== undefined && (
        <p role="alert" className="text-small text-seal-ink">
          {problemText(t, problem)}
        </p>
      )}
      <div className="flex justify-between gap-2">
        <Button kind="quiet" disabled={busy} onClick={() => void go(undefined)}>
          {t('day.first')}
        </Button>
        <Button kind="primary" type="submit" busy={busy}>
          {t('day.go')}
        </Button>
      </div>
    </form>
  )
}
