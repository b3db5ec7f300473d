/**
 * The rooms of a person as they are now: asked for when a connection is made,
 * then kept up by what the inbox tells. What it tells says how things are, or
 * can be counted once: each message is known by its offset.
 */
import type { Link } from './link.ts'
import { type Observable, Watched } from './observable.ts'
import type { InboxEvent, RoomView } from './types.ts'

type Activity = Extract<InboxEvent, { type: 'activity' }>
type Last = NonNullable<RoomView['last']>

/** A message that came, for whoever wants to tell the person. */
export interface Arrival extends Omit<Activity['messages'][number], 'mentions'> {
  readonly room: string
  readonly mentioned: boolean
}

export interface RoomsSource {
  readonly all: () => Promise<readonly RoomView[]>
  readonly one: (room: string) => Promise<RoomView>
}

const countLimit = 1000 // stands for so many or more

export class RoomList {
  readonly #rooms = new Watched<ReadonlyMap<string, RoomView>>(new Map())
  readonly #loaded = new Watched(false)
  readonly #arrivals = new Set<(arrival: Arrival) => void>()
  readonly #ask: RoomsSource
  readonly #report: (error: unknown) => void
  readonly #me: string
  #told: InboxEvent[] | undefined // what came while the list is asked for
  #asked = 0
  #stop: (() => void)[] = []

  constructor(link: Link, me: string, ask: RoomsSource, report: (error: unknown) => void) {
    this.#me = me
    this.#ask = ask
    this.#report = report
    this.#stop = [
      link.inbox((data) => this.#hear(data)),
      link.connected(() => void this.reload().catch((error: unknown) => this.#report(error))),
    ]
  }

  /** By id. `sorted` puts them in order. */
  get rooms(): Observable<ReadonlyMap<string, RoomView>> {
    return this.#rooms
  }

  /** Whether the list has been there at least once. */
  get loaded(): Observable<boolean> {
    return this.#loaded
  }

  /** Is told of each message that arrives while there is a connection, of others. */
  arrivals(listener: (arrival: Arrival) => void): () => void {
    this.#arrivals.add(listener)
    return () => void this.#arrivals.delete(listener)
  }

  /**
   * Asks for all of it anew. What comes in meanwhile is put on top. Whoever asks
   * while it is being asked for has it asked for once more: the answer that is on
   * its way may be older than the connection, which tells only what comes after.
   */
  async reload(): Promise<void> {
    const asked = ++this.#asked
    if (this.#told !== undefined) return
    try {
      await this.#load()
    } catch (error) {
      if (asked === this.#asked) throw error
    }
    if (asked !== this.#asked) await this.reload()
  }

  async #load(): Promise<void> {
    this.#told = []
    try {
      const list = await this.#ask.all()
      this.#rooms.value = new Map(list.map((room) => [room.id, room]))
      this.#loaded.value = true
    } finally {
      const told = this.#told
      this.#told = undefined
      for (const event of told) this.#take(event)
    }
  }

  /** As it was when it was kept: shown until the server tells how it is. */
  restore(rooms: readonly RoomView[]): void {
    if (this.#loaded.value || rooms.length === 0) return
    this.#rooms.value = new Map(rooms.map((room) => [room.id, room]))
    this.#loaded.value = true
  }

  /** As the server told in an answer. */
  put(room: RoomView): void {
    this.#rooms.value = new Map(this.#rooms.value).set(room.id, room)
  }

  /** Somebody came, or went, as the log of the room says. */
  members(room: string, more: number): void {
    if (more !== 0) this.#change(room, (now) => ({ ...now, members: Math.max(0, now.members + more) }))
  }

  /** It was read here: the count goes at once, and not when the server has said so. */
  read(room: string, offset: number): void {
    this.#change(room, (now) => {
      if (offset <= now.read) return now
      const isAll = offset >= (now.last?.offset ?? 0)
      return { ...now, read: offset, ...(isAll && { unread: 0, mentions: 0, markedUnread: false }) }
    })
  }

  close(): void {
    for (const stop of this.#stop) stop()
  }

  #hear(data: unknown): void {
    const event = inboxEventOf(data)
    if (event === undefined) return
    if (this.#told === undefined) this.#take(event)
    else this.#told.push(event)
  }

  #take(event: InboxEvent): void {
    if (event.type === 'activity') this.#announce(event) // in its turn: what the room is may have been told just before
    switch (event.type) {
      case 'room':
        return this.put(event.room)
      case 'left': {
        const rooms = new Map(this.#rooms.value)
        rooms.delete(event.room)
        this.#rooms.value = rooms
        return
      }
      case 'activity':
        this.#change(event.room, (room) => active(room, event, this.#me))
        return this.#recount(event)
      case 'marks': {
        const { type: _, room: id, ...marks } = event
        return this.#change(id, (room) => {
          const { read, markedUnread } = marks
          return read < room.read ? { ...room, markedUnread } : { ...room, ...marks } // more was read here since
        })
      }
      case 'draft':
        return this.#change(event.room, (room) => ({ ...room, draft: event.text }))
      case 'level':
        return this.#change(event.room, (room) => ({ ...room, level: event.level }))
      case 'quiet':
      case 'block':
      case 'reports':
      case 'me':
        return
    }
  }

  #change(id: string, make: (room: RoomView) => RoomView): void {
    const room = this.#rooms.value.get(id)
    const now = room && make(room)
    if (now !== undefined && now !== room) this.put(now)
  }

  /** What was taken back may have counted; only the server knows. */
  #recount({ room: id, removed }: Activity): void {
    const room = this.#rooms.value.get(id)
    if (room === undefined || !removed.some((offset) => offset > room.read)) return
    this.#ask.one(id).then((now) => this.put(now), this.#report)
  }

  #announce({ room, messages }: Activity): void {
    for (const { mentions, ...message } of messages) {
      if (message.from === this.#me) continue
      const mentioned = message.everyone || mentions.includes(this.#me)
      for (const tell of this.#arrivals) tell({ ...message, room, mentioned })
    }
  }
}

/** A room after what its members were told: each message counts once, whatever is told twice. */
function active(room: RoomView, { messages, removed }: Activity, me: string): RoomView {
  let { last, unread, mentions, read, delivered, markedUnread } = room
  for (const message of messages) {
    if (message.offset <= (last?.offset ?? 0)) continue
    last = lastOf(message)
    if (message.from === me) {
      // Who speaks has read what was said before.
      read = delivered = message.offset
      unread = mentions = 0
      markedUnread = false
    } else if (message.offset > read) {
      unread = Math.min(unread + 1, countLimit)
      if (message.everyone || message.mentions.includes(me)) mentions = Math.min(mentions + 1, countLimit)
    }
  }
  if (last !== undefined && removed.includes(last.offset)) last = { ...last, text: '', files: 0, removed: true }
  return { ...room, last, unread, mentions, read, delivered, markedUnread }
}

/** The latest first. */
export function sorted(rooms: ReadonlyMap<string, RoomView>): RoomView[] {
  return [...rooms.values()].toSorted((one, other) => latest(other) - latest(one) || (one.id < other.id ? -1 : 1))
}

const latest = ({ last, created }: RoomView): number => last?.time ?? created

function lastOf({ offset, time, from, text, files }: Activity['messages'][number]): Last {
  return { offset, time, from, text, files, removed: false }
}

function inboxEventOf(data: unknown): InboxEvent | undefined {
  if (typeof data !== 'object' || data === null || !('type' in data)) return undefined
  return kinds.has(String(data.type)) ? (data as InboxEvent) : undefined
}

const kinds: ReadonlySet<string> = new Set<InboxEvent['type']>([
  'room',
  'left',
  'activity',
  'marks',
  'draft',
  'level',
  'quiet',
  'block',
  'reports',
  'me',
])
