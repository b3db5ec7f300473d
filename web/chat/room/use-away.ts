/** Whether the other of a direct room is not there to get what was said last: then one waits for no answer. */
import type { Page, PendingMessage, RoomState } from '../../lib/room-model.ts'
import { useMe, useModel, useSource } from '../context.ts'

/** The name of the other, if so. */
export function useAway(
  { room, marks }: Extract<RoomState, { at: 'open' }>,
  { messages, after }: Page,
  pending: readonly PendingMessage[],
): string | undefined {
  const { presence } = useSource(useModel().people)
  const me = useMe()
  const { peer } = room
  const last = messages.at(-1)
  const waits =
    pending.length > 0 || (last?.from === me.id && last.removed === undefined && marks.delivered < last.offset)
  const isGone = peer !== undefined && peer.kind !== 'bot' && presence.get(peer.id)?.online === false
  return isGone && waits && after === 'end' ? peer.name : undefined
}
