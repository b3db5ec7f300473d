import { useEffect, useRef } from 'react'
import type { RoomModel } from '../../lib/room-model.ts'
import { useRouter } from '../context.ts'

/**
 * Comes to the message of the address, wherever it is; and back to where one
 * was when the address goes. An address that is gone to again leads there again;
 * one that is only uncovered, as by closing the details, leaves the reader alone.
 *
 * @param covered the address is about something beside the room
 * @param arrived is told when the message is there that was gone to
 */
export function useComing(
  model: RoomModel,
  target: number | undefined,
  covered: boolean,
  arrived: (offset: number) => void,
): void {
  const { again } = useRouter()
  const last = useRef<{ readonly target: number | undefined; readonly again: number }>(undefined)
  const from = useRef<number | 'latest'>(undefined)
  const tell = useRef(arrived)
  useEffect(() => void (tell.current = arrived))
  useEffect(() => {
    const { paging, scroll } = model
    const before = last.current
    if (covered || (before?.target === target && before?.again === again)) return
    last.current = { target, again }
    if (target !== undefined) {
      if (before?.again !== again || from.current === undefined) from.current = scroll.lookedAt()
      scroll.reveal(target)
      void paging.jump(target).then((found) => {
        if (!found.ok || last.current?.target !== target) return
        if (found.value.offset !== target) scroll.reveal(found.value.offset)
        tell.current(found.value.offset)
      })
    } else if (from.current !== undefined) {
      const back = from.current
      from.current = undefined
      if (back !== 'latest') scroll.reveal(back)
      void paging.jump(back).then(() => back === 'latest' && scroll.toEnd())
    }
  }, [model, target, again, covered])
}
