/**
 * Tells those who are in a room how far somebody has read: at most once a second
 * for each person and room, and then how it is at that moment. In large rooms
 * nobody looks, and it would be everybody telling everybody.
 */
import type { Chat } from '../chat.ts'
import type { LiveEvent, PersonId, RoomId } from '../events.ts'
import { number } from '../rows.ts'

/** Rooms with more members have no receipts. */
export const receiptMembers = 100

/** SQL for up to where somebody is seen to have read: who does not tell has got the messages, and no more. */
export const shownRead = 'iif(p.hide_read = 1, 0, coalesce(k.read, 0))'

const pause = 1000 // milliseconds
const maxWaiting = 50_000

interface Told {
  readonly cancel: () => void
  again: boolean // something changed since
}

export class Receipts {
  readonly #chat: Chat
  readonly #told = new Map<string, Told>() // in the last second

  constructor(chat: Chat) {
    this.#chat = chat
  }

  /** Something changed. */
  changed(room: RoomId, person: PersonId): void {
    const key = `${room} ${person}`
    const told = this.#told.get(key)
    if (told !== undefined) told.again = true
    else if (this.#told.size < maxWaiting) this.#tell(key, room, person)
  }

  close(): void {
    for (const { cancel } of this.#told.values()) cancel()
    this.#told.clear()
  }

  #tell(key: string, room: RoomId, person: PersonId): void {
    const receipt = this.#receipt(room, person)
    if (receipt === undefined) return
    this.#chat.live.tellRoom(room, receipt)
    const cancel = this.#chat.after(pause, () => {
      const again = this.#told.get(key)?.again === true
      this.#told.delete(key)
      if (again) this.#tell(key, room, person)
    })
    this.#told.set(key, { cancel, again: false })
  }

  #receipt(room: RoomId, person: PersonId): LiveEvent | undefined {
    const row = this.#chat.row(
      `SELECT ${shownRead} AS read, k.delivered FROM chat_marks k JOIN chat_rooms r ON r.id = k.room
       JOIN chat_people p ON p.id = k.person
       JOIN chat_members m ON m.room = k.room AND m.person = k.person
       WHERE k.person = ? AND k.room = ? AND r.members <= ${receiptMembers}`,
      person,
      room,
    )
    return row && { type: 'receipt', by: person, read: number(row, 'read'), delivered: number(row, 'delivered') }
  }
}
