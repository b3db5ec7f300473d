/**
 * A room that is looked at: a stretch of its messages, kept up from the log.
 *
 * It is opened with one call that answers a page and the position at which it
 * was read, and followed from there: nothing falls in between. Whoever was away
 * too long takes a new page instead of all that was missed.
 */
import { firstPageSize, pageSize } from './page-size.ts'
import type { Clock } from './clock.ts'
import { CallError } from './errors.ts'
import type { Entry, Link } from './link.ts'
import { type Observable, Watched } from './observable.ts'
import type { Draft, Outbox, Pending } from './outbox.ts'
import { apply, emptyTimeline, eventOf, join, messageOf, type Notice, type Timeline, trimmed } from './timeline.ts'
import type {
  Input,
  LiveEvent,
  MemberEvent,
  MessageView,
  Output,
  PersonView,
  Presence,
  RoomEvent,
  RoomView,
} from './types.ts'
import { Typing } from './typing.ts'

export type RoomState =
  | { readonly is: 'opening' }
  | { readonly is: 'open' }
  | { readonly is: 'failed'; readonly error: unknown }
  /** The person may no longer read it. */
  | { readonly is: 'ended'; readonly code: number; readonly message: string }

/** Where somebody else is in the room. */
export interface Receipt {
  readonly read: number
  readonly delivered: number
}

export type Opening = NonNullable<Input<'rooms.open'>['at']>

/** The end of a room as it was, to be shown where there is no server. */
export interface RoomSnapshot {
  readonly room: RoomView
  readonly messages: Timeline['messages']
  readonly notices: Timeline['notices']
  readonly people: readonly PersonView[]
  readonly position: number
}

/** What a room asks the server. */
interface RoomCalls {
  open(input: Input<'rooms.open'>): Promise<Output<'rooms.open'>>
  page(input: Input<'messages.page'>): Promise<Output<'messages.page'>>
  typing(on: boolean): void
  read(offset: number): void
  people(ids: readonly string[]): Promise<readonly PersonView[]>
  marks(): Promise<Output<'marks.get'>>
  /** There are so many more members now. */
  members(more: number): void
}

export interface RoomParts {
  readonly id: string
  readonly me: string
  readonly link: Link
  readonly calls: RoomCalls
  readonly outbox: Outbox
  readonly clock: Clock
  readonly report: (error: unknown) => void
}

/** After an answer that says that it may be asked again. In milliseconds. */
const againAfter = 2000
/** People that are kept with a room. */
const peopleLimit = 500
/** Messages that are held; beyond, those farthest from where one reads are let go and loaded again. */
const held = 300
/** Of those that arrive, so many more at the most: they are not let go one by one. */
const heldMore = 50

export class Room {
  readonly id: string
  readonly state = new Watched<RoomState>({ is: 'opening' })
  readonly people = new Watched<ReadonlyMap<string, PersonView>>(new Map())
  readonly receipts = new Watched<ReadonlyMap<string, Receipt>>(new Map())
  /** How many members are there; undefined: not known yet. */
  readonly online = new Watched<number | undefined>(undefined)
  /** What is known of who is there, from changes. */
  readonly presence = new Watched<ReadonlyMap<string, Presence>>(new Map())
  /** The room, as it was when it was opened last. */
  readonly opened = new Watched<RoomView | undefined>(undefined)
  /** Whether what happens in the room arrives at once. */
  readonly live = new Watched(false)
  /** The first message that was not read when the room was opened. */
  readonly firstUnread = new Watched<number | undefined>(undefined)
  readonly typing: Typing
  /** Whether somebody looks at the end, as the host says: then what is far above may be let go of. */
  atEnd = true
  readonly #parts: RoomParts
  readonly #timeline: Watched<Timeline>
  readonly #pending = new Watched<readonly Pending[]>([])
  readonly #stopOutbox: () => void
  #unfollow: (() => void) | undefined
  #stopWaiting: (() => void) | undefined
  readonly #arrivals = new Set<(messages: readonly MessageView[]) => void>()
  #heard: number | undefined // up to where others were heard; undefined until the room was read
  #turn = 0 // counts openings, so that an answer to an older one is dropped
  #stretch = 0 // counts what was opened: a page that was asked for before belongs to another place
  #asked = new Set<string>() // people
  #closed = false
  #showsReceipts = false

  constructor(parts: RoomParts) {
    this.id = parts.id
    this.#parts = parts
    this.#timeline = new Watched(emptyTimeline(parts.id))
    this.typing = new Typing(parts.clock, (on) => parts.calls.typing(on))
    this.#stopOutbox = parts.outbox.pending.subscribe(() => this.#match())
    this.#match()
  }

  get timeline(): Observable<Timeline> {
    return this.#timeline
  }

  /** The own messages that do not stand in the room yet, in order. */
  get pending(): Observable<readonly Pending[]> {
    return this.#pending
  }

  /**
   * Is told of what others say after the room was opened, each message once: as
   * it comes, or together of what was missed. What is only loaded is no news.
   */
  arrivals(listener: (messages: readonly MessageView[]) => void): () => void {
    this.#arrivals.add(listener)
    return () => void this.#arrivals.delete(listener)
  }

  /** Reads the room at a place, and goes on from there. The place where one was before, if nothing is said. */
  async open(at?: Opening): Promise<void> {
    const turn = ++this.#turn
    if (this.state.value.is !== 'open') this.state.value = { is: 'opening' }
    try {
      const page = await this.#parts.calls.open({
        room: this.id,
        limit: firstPageSize,
        ...(at !== undefined && { at }),
      })
      if (turn !== this.#turn || this.#closed) return
      const { messages, notices, position, older, newer } = page
      this.#know(page.people)
      this.#hear(messages, position.offset)
      this.opened.value = page.room
      this.firstUnread.value = page.firstUnread
      const ends = { begin: !older, end: !newer }
      this.#stretch++
      this.#timeline.value = join(emptyTimeline(this.id, position.offset), messages, ends, noticesOf(notices))
      this.state.value = { is: 'open' }
      this.#match()
      this.#follow(page.room.channel, position)
    } catch (error) {
      if (turn !== this.#turn || this.#closed) return
      const isFinal = error instanceof CallError && !error.temporary && error.code >= 400
      if (error instanceof CallError && error.temporary) this.#openLater(at)
      // What is shown from before is not for who may no longer read it.
      if (this.state.value.is !== 'open' || isFinal) this.state.value = { is: 'failed', error }
    }
  }

  /** Once there is a server. */
  #openLater(at: Opening | undefined): void {
    this.#stopWaiting?.()
    const { link, clock } = this.#parts
    if (link.state.value === 'connected') {
      this.#stopWaiting = clock.after(againAfter, () => void this.open(at))
      return
    }
    const stop = link.connected(() => {
      stop()
      void this.open(at)
    })
    this.#stopWaiting = stop
  }

  /** The end of it, to be kept. Undefined while something else is shown. */
  get snapshot(): RoomSnapshot | undefined {
    const { messages, notices, position, end } = this.#timeline.value
    const room = this.opened.value
    if (room === undefined || !end) return undefined
    const last = messages.slice(-pageSize)
    const from = last[0]?.offset ?? 0
    const people = [...this.people.value.values()].slice(0, peopleLimit)
    return { room, messages: last, notices: notices.filter(({ offset }) => offset >= from), people, position }
  }

  /** Shows it as it was, until the server tells how it is. */
  restore({ room, messages, notices, people, position }: RoomSnapshot): void {
    if (this.state.value.is === 'open' || this.#closed) return
    this.#know(people)
    this.opened.value = room
    this.#stretch++
    this.#timeline.value = join(emptyTimeline(this.id, position), messages, { begin: false, end: true }, notices)
    this.state.value = { is: 'open' }
    this.#match()
  }

  /** Loads what lies before. Returns whether there was anything. */
  older(): Promise<boolean> {
    return this.#page('before')
  }

  /** Loads what lies behind, where the stretch does not reach the end. */
  newer(): Promise<boolean> {
    return this.#page('after')
  }

  /** Says something; it stands in `pending` at once. @throws CallError when too many wait */
  send(draft: Draft): Pending {
    this.typing.sent()
    return this.#parts.outbox.send(this.id, draft)
  }

  /** What is on the screen, in a window that somebody looks at. */
  read(offset: number): void {
    this.#parts.calls.read(offset)
  }

  close(): void {
    this.#closed = true
    this.#stopWaiting?.()
    this.#unfollow?.()
    this.#stopOutbox()
    this.typing.close()
  }

  readonly #paging = new Map<'before' | 'after', Promise<boolean>>()

  /** One at a time: what one direction lets go of is not what the other goes on from. */
  #page(direction: 'before' | 'after'): Promise<boolean> {
    const known = this.#paging.get(direction)
    if (known !== undefined) return known
    const other = this.#paging.get(direction === 'before' ? 'after' : 'before') ?? Promise.resolve(false)
    const paging = other
      .catch(() => false)
      .then(() => this.#load(direction))
      .finally(() => this.#paging.delete(direction))
    this.#paging.set(direction, paging)
    return paging
  }

  async #load(direction: 'before' | 'after'): Promise<boolean> {
    const { messages, begin, end } = this.#timeline.value
    const edge = direction === 'before' ? messages[0] : messages.at(-1)
    if (edge === undefined || (direction === 'before' ? begin : end)) return false
    const [turn, stretch] = [this.#turn, this.#stretch]
    const page = await this.#parts.calls.page({ room: this.id, [direction]: edge.offset, limit: pageSize })
    if (turn !== this.#turn || stretch !== this.#stretch) return false
    this.#know(page.people)
    const ends = direction === 'before' ? { begin: !page.older } : { end: !page.newer }
    const whole = join(this.#timeline.value, page.messages, ends, noticesOf(page.notices))
    this.#timeline.value = trimmed(whole, held, direction === 'before' ? 'end' : 'begin')
    return page.messages.length > 0
  }

  async #askWhoHasRead(): Promise<void> {
    try {
      const { shown, marks } = await this.#parts.calls.marks()
      this.#showsReceipts = shown
      for (const { person, ...receipt } of marks) this.#mark(person, receipt)
    } catch (error) {
      this.#parts.report(error)
    }
  }

  #mark(person: string, { read, delivered }: Receipt): void {
    const before = this.receipts.value.get(person) ?? { read: 0, delivered: 0 }
    const now = { read: Math.max(before.read, read), delivered: Math.max(before.delivered, delivered) }
    this.receipts.value = new Map(this.receipts.value).set(person, now)
  }

  #follow(channel: string, position: { readonly offset: number; readonly epoch: string }): void {
    this.#unfollow?.()
    this.#unfollow = this.#parts.link.follow(channel, position, {
      receive: (entry) => this.#receive(entry),
      live: (live) => this.#isLive(live),
      lost: () => void this.open(this.#timeline.value.end ? undefined : this.#middle()),
      ended: ({ code, message }) => (this.state.value = { is: 'ended', code, message }),
    })
  }

  /** Who reads is told only to those who are there: so it is asked for each time that one comes. */
  #isLive(live: boolean): void {
    this.live.value = live
    if (live) void this.#askWhoHasRead()
  }

  #middle(): Opening | undefined {
    const { messages } = this.#timeline.value
    const message = messages[Math.floor(messages.length / 2)]
    return message && { offset: message.offset }
  }

  #receive(entry: Entry): void {
    if (entry.offset === 0) return this.#told(entry.data)
    const event = eventOf(entry.data)
    if (event?.type === 'message') this.#spoken(event, entry.offset)
    const now = apply(this.#timeline.value, entry, this.#parts.me)
    this.#timeline.value = this.atEnd && now.messages.length > held + heldMore ? trimmed(now, held, 'begin') : now
    this.#match()
    this.#meet(event)
    if (event?.type === 'member') this.#came(event)
  }

  /** Who comes may read what was said, and who goes no longer does. */
  #came(event: MemberEvent): void {
    const more = moreBy(event)
    this.#parts.calls.members(more)
    if (more > 0 && this.#showsReceipts) this.#mark(event.person, { read: 0, delivered: 0 })
    if (more >= 0) return
    const left = new Map(this.receipts.value)
    left.delete(event.person)
    this.receipts.value = left
  }

  #spoken(event: Extract<RoomEvent, { type: 'message' }>, offset: number): void {
    this.typing.spoke(event.by)
    this.#hear([messageOf(event, offset, this.id)], offset)
  }

  /** What stands behind the place up to which was heard is new, if anything was heard before. */
  #hear(messages: readonly MessageView[], position: number): void {
    const before = this.#heard ?? Number.MAX_SAFE_INTEGER
    const isNews = ({ offset, from, removed }: MessageView) =>
      offset > before && from !== this.#parts.me && removed === undefined
    const news = messages.filter(isNews)
    this.#heard = Math.max(this.#heard ?? 0, position, messages.at(-1)?.offset ?? 0)
    if (news.length > 0) for (const tell of this.#arrivals) tell(news)
  }

  #told(data: unknown): void {
    const event = liveEventOf(data)
    if (event?.type === 'typing' && event.by !== this.#parts.me) this.typing.told(event.by, event.on)
    if (event?.type === 'receipt') this.#mark(event.by, event)
    if (event?.type === 'presence') {
      this.online.value = event.online
      const known = new Map(this.presence.value)
      for (const change of event.changes) known.set(change.person, change)
      this.presence.value = known
    }
  }

  /** Own messages that stand in the room are no longer on their way. */
  #match(): void {
    const { position, messages } = this.#timeline.value
    const there = new Set(messages.slice(-held).map(({ id }) => id))
    const mine = this.#parts.outbox.pending.value.filter(({ room }) => room === this.id)
    const left: Pending[] = []
    for (const each of mine) {
      const stands = there.has(each.clientId) || (each.offset !== undefined && each.offset <= position)
      if (!stands) left.push(each)
      else if (each.state === 'sent') queueMicrotask(() => this.#parts.outbox.discard(each.clientId))
    }
    this.#pending.value = left
  }

  /** Whoever occurs and is not known yet is asked for. */
  #meet(event: ReturnType<typeof eventOf>): void {
    if (event === undefined) return
    const ids = [
      event.by,
      ...('person' in event ? [event.person] : []),
      ...('mentions' in event ? (event.mentions ?? []) : []),
    ]
    const strangers = ids.filter((id) => id !== '' && !this.people.value.has(id) && !this.#asked.has(id))
    if (strangers.length === 0) return
    for (const id of strangers) this.#asked.add(id)
    this.#parts.calls.people(strangers).then((people) => this.#know(people), this.#parts.report)
  }

  #know(people: readonly PersonView[]): void {
    if (people.length === 0) return
    const all = new Map(this.people.value)
    for (const person of people) all.set(person.id, person)
    this.people.value = all
  }
}

function moreBy({ what }: MemberEvent): number {
  if (what === 'joined') return 1
  return what === 'left' || what === 'kicked' || what === 'banned' ? -1 : 0
}

function noticesOf(entries: Output<'messages.page'>['notices']): Notice[] {
  return entries.flatMap(({ offset, event: data }) => {
    const event = eventOf(data)
    return event?.type === 'member' || event?.type === 'room' ? [{ offset, event }] : []
  })
}

function liveEventOf(data: unknown): LiveEvent | undefined {
  if (typeof data !== 'object' || data === null || !('type' in data)) return undefined
  return live.has(String(data.type)) ? (data as LiveEvent) : undefined
}

const live: ReadonlySet<string> = new Set<LiveEvent['type']>(['typing', 'receipt', 'presence'])
