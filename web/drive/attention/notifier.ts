/**
 * Says that somebody asks for one: of messages that name one, and of direct
 * ones, while nobody looks at their room. Of all tabs one does it. Push messages
 * with the page closed would be shown by the service worker, in the same form.
 */
import type { Arrival } from '../../../src/chat-client/index.ts'
import type { Preferences } from '../../lib/preferences.ts'
import { pathOf } from '../../lib/route.ts'
import type { Room } from '../../lib/views.ts'
import type { Claims } from './claims.ts'
import type { Looking } from './looking.ts'
import { chime } from './sound.ts'

export interface NotifierParts {
  readonly looking: Looking
  /** Where it is not decided otherwise which tab tells. */
  readonly claims: Claims | undefined
  readonly room: (id: string) => Room | undefined
  readonly quietUntil: () => number | undefined
  /** As they are now, whichever tab changed them. */
  readonly preferences: () => Preferences
  readonly filesText: (count: number) => Promise<string>
  /** Goes to a place in the app. */
  readonly go: (path: string) => void
}

export class Notifier {
  readonly #parts: NotifierParts

  constructor(parts: NotifierParts) {
    this.#parts = parts
  }

  async arrived(arrival: Arrival): Promise<void> {
    const room = this.#parts.room(arrival.room)
    if (room === undefined || !isWanted(room, arrival, this.#parts.quietUntil() ?? 0, Date.now())) return
    if (arrival.offset <= room.read) return // it was seen before word of it came
    const { looking, claims } = this.#parts
    const claim = claimOf(arrival)
    if (await looking.at(room.id)) return claims?.settle(claim)
    if ((await claims?.win(claim)) === false) return
    const { sound, systemNotifications } = this.#parts.preferences()
    if (sound) chime()
    if (systemNotifications && 'Notification' in globalThis && Notification.permission === 'granted')
      await this.#show(room, arrival)
  }

  async #show(room: Room, { name, text, files }: Arrival): Promise<void> {
    const title = room.kind === 'direct' ? name : `${name} · ${room.name}`
    const path = pathOf({ view: 'room', at: { room: room.id } })
    const options = {
      body: text === '' ? await this.#parts.filesText(files) : text,
      tag: `room ${room.id}`, // the newest of a room takes the place of the one before
      icon: '/icons/192.png',
      silent: true, // the sound is ours
      data: { path },
    }
    const worker = await globalThis.navigator.serviceWorker?.getRegistration()
    if (worker?.active) return worker.showNotification(title, options)
    const notification = new Notification(title, options)
    notification.addEventListener('click', () => {
      window.focus()
      this.#parts.go(path)
      notification.close()
    })
  }
}

const claimOf = ({ room, offset }: Arrival): string => `${room} ${offset}`
export const roomOfClaim = (claim: string): string => claim.slice(0, claim.lastIndexOf(' '))

/** Whether it asks for one, as the room and the person have it. */
export function isWanted(
  room: Pick<Room, 'kind' | 'level'>,
  arrival: Pick<Arrival, 'mentioned'>,
  quietUntil: number,
  now: number,
): boolean {
  if (quietUntil > now || room.level === 'none') return false
  return arrival.mentioned || (room.kind === 'direct' && room.level === 'all')
}
