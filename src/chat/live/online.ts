/**
 * Who is there: people with an open connection, and for some seconds after the
 * last has ended, so that a reload is no coming and going. And of each room,
 * which of its members that are, so that nobody has to look through all members
 * to tell those who are there something.
 */
import type { PersonId, RoomId } from '../events.ts'

export interface OnlineOptions {
  /** Calls back once after so many milliseconds; returns how to cancel. */
  readonly after: (delay: number, call: () => void) => () => void
  readonly roomsOf: (person: PersonId) => readonly RoomId[]
  /** Somebody is there now, or no longer. */
  readonly changed: (person: PersonId, online: boolean, rooms: ReadonlySet<RoomId>) => void
}

/** Milliseconds after the last connection at which somebody is gone. */
const grace = 8000

export class Online {
  readonly #options: OnlineOptions
  readonly #connections = new Map<PersonId, Set<string>>()
  readonly #leaving = new Map<PersonId, () => void>() // how to call it off
  readonly #rooms = new Map<PersonId, Set<RoomId>>()
  readonly #members = new Map<RoomId, Set<PersonId>>()
  #closed = false

  constructor(options: OnlineOptions) {
    this.#options = options
  }

  isOnline(person: PersonId): boolean {
    return this.#rooms.has(person)
  }

  /** Of somebody who is there. */
  roomsOf(person: PersonId): ReadonlySet<RoomId> {
    return this.#rooms.get(person) ?? none
  }

  /** Those members of a room that are there. */
  in(room: RoomId): ReadonlySet<PersonId> {
    return this.#members.get(room) ?? none
  }

  /** A connection was made. */
  enter(person: PersonId, connection: string): void {
    this.#leaving.get(person)?.()
    this.#leaving.delete(person)
    const connections = this.#connections.get(person)
    if (connections !== undefined) return void connections.add(connection)
    this.#connections.set(person, new Set([connection]))
    if (this.#rooms.has(person)) return
    const rooms = new Set(this.#options.roomsOf(person))
    this.#rooms.set(person, rooms)
    for (const room of rooms) this.#put(room, person)
    this.#options.changed(person, true, rooms)
  }

  /** A connection has ended. */
  leave(person: PersonId, connection: string): void {
    const connections = this.#connections.get(person)
    if (connections?.delete(connection) !== true || connections.size > 0) return
    this.#connections.delete(person)
    if (this.#closed) return
    this.#leaving.set(
      person,
      this.#options.after(grace, () => this.#gone(person)),
    )
  }

  /** Somebody is a member of a room now, or no longer. */
  member(room: RoomId, person: PersonId, joined: boolean): void {
    const rooms = this.#rooms.get(person)
    if (rooms === undefined) return
    if (joined) {
      rooms.add(room)
      this.#put(room, person)
    } else {
      rooms.delete(room)
      this.#take(room, person)
    }
  }

  /** Forgets everybody, and whom it waits for. */
  close(): void {
    this.#closed = true
    for (const cancel of this.#leaving.values()) cancel()
    this.#leaving.clear()
  }

  #gone(person: PersonId): void {
    this.#leaving.delete(person)
    const rooms = this.#rooms.get(person) ?? none
    this.#rooms.delete(person)
    for (const room of rooms) this.#take(room, person)
    this.#options.changed(person, false, rooms)
  }

  #put(room: RoomId, person: PersonId): void {
    const members = this.#members.get(room)
    if (members === undefined) this.#members.set(room, new Set([person]))
    else members.add(person)
  }

  #take(room: RoomId, person: PersonId): void {
    const members = this.#members.get(room)
    members?.delete(person)
    if (members?.size === 0) this.#members.delete(room)
  }
}

const none: ReadonlySet<string> = new Set()
