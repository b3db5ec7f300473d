/** One room on the screen, driven by a connection. */
import { CallError, type ChatClient, type Room } from '../../src/chat-client/index.ts'
import { Cell } from '../lib/cell.ts'
import {
  noDetails,
  type Details,
  type Marks,
  type Pending,
  type Removal,
  type RoomDeeds,
  type RoomModel,
  type RoomState,
  type Sentenced,
  type TypingSource,
} from '../lib/room-model.ts'
import type { Message, Person, Presence, Room as RoomData } from '../lib/views.ts'
import { Drafts } from './drafts.ts'
import type { Kept } from './kept.ts'
import { problemOf } from './outcome-of.ts'
import { Pacer } from './pacer.ts'
import { Pager } from './pager.ts'
import { canRecord, Recording } from './recording.ts'
import { roomDeeds } from './room-deeds.ts'
import { ScrollKeeper } from './scroll-keeper.ts'
import { Sending } from './sending.ts'

/** What is not for the reader is not kept in the browser either. */
const shut: ReadonlySet<RoomState['at']> = new Set(['missing', 'banned', 'removed'])

const keptAfter = 500 // ms
const keepAfter = 1000

export class RoomDriver implements RoomModel {
  readonly id: string
  readonly client: ChatClient
  readonly room: Room
  readonly state: Cell<RoomState> = new Cell<RoomState>({ at: 'loading' })
  readonly details = new Cell<Details>(noDetails)
  readonly paging: Pager
  readonly scroll: ScrollKeeper
  readonly pending: Pending
  readonly typing: TypingSource
  readonly drafts: Drafts
  readonly recording: Recording | undefined
  readonly deeds: RoomDeeds
  readonly know: (people: readonly Person[]) => void
  readonly #stop: (() => void)[]
  readonly #pacer = new Pacer() // one for all of the room, so that a message never stands in two places, or in none
  readonly #draw = (): void => this.#update()
  #data: RoomData | undefined
  #readUpTo = 0
  #left: Removal | undefined
  #sentence: Sentenced = {}
  #lastSent = 0
  #lastOwn: { readonly offset: number; readonly time: number } | undefined
  #coming: Promise<void> | undefined
  #seenLast = 0

  readonly #kept: Kept | undefined
  #keeping: ReturnType<typeof setTimeout> | undefined

  /** @param know is told of people that occur in answers */
  constructor(client: ChatClient, id: string, know: (people: readonly Person[]) => void, kept?: Kept) {
    this.#kept = kept
    this.id = id
    this.know = know
    this.client = client
    this.room = client.room(id)
    this.paging = new Pager(this.room, this.#pacer, (time) => this.#firstSince(time))
    this.scroll = new ScrollKeeper({
      earlier: () => this.paging.earlier(),
      later: () => this.paging.later(),
      seen: (offset) => this.deeds.seen(offset),
      moved: (atEnd) => (this.room.atEnd = atEnd && this.room.timeline.value.end),
    })
    const key = `posthouse draft ${client.me.id} ${id}`
    this.drafts = new Drafts(key, (text) => client.call('drafts.save', { room: id, text }))
    this.recording = canRecord()
      ? new Recording(({ file, duration, waveform }) => this.drafts.add([file], { duration, waveform }))
      : undefined
    this.deeds = roomDeeds(this)
    this.pending = new Sending(this.room, client.outbox, this.drafts, this.#pacer, () => this.#spoke())
    const { typing } = this.room
    this.typing = { who: typing.people, touched: () => typing.write(), stopped: () => typing.stop() }
    const update = () => this.#pacer.run(this.#draw)
    this.#stop = [
      client.rooms.rooms.subscribe(() => this.#listed()),
      this.room.state.subscribe(update),
      this.room.state.subscribe(() => this.#isBanned && void this.#askWhy()),
      this.room.receipts.subscribe(update),
      this.room.timeline.subscribe(() => this.#grew()),
      this.room.timeline.subscribe(() => this.#keep()),
      this.room.live.subscribe(() => this.#keep()),
      client.link.connected(() => this.room.state.value.is === 'failed' && void this.#open()),
      client.link.connected(() => this.lookAgain()),
    ]
    void this.#open()
  }

  get receipts(): RoomModel['receipts'] {
    return this.room.receipts
  }

  /** Who is there, as an answer told it. */
  present(changes: readonly Presence[]): void {
    const known = new Map(this.room.presence.value)
    for (const change of changes) known.set(change.person, change)
    this.room.presence.value = known
  }

  get draft(): Drafts['draft'] {
    return this.drafts.draft
  }

  arrivals(listener: (messages: readonly Message[]) => void): () => void {
    return this.room.arrivals(listener)
  }

  async #firstSince(time: number): Promise<number> {
    const { messages } = await this.client.call('messages.around', { room: this.id, at: { time }, limit: 1 })
    return messages[0]?.offset ?? 0
  }

  /** Why it is no longer among the rooms of the reader, as the inbox told it. */
  ended(removal: Removal): void {
    this.#left = removal
    this.#update()
  }

  /** What moderators look at is others' doing, too: asked for again, if it was asked for at all. */
  lookAgain(): void {
    for (const each of ['reports', 'audit'] as const) if (this.details.value[each] !== undefined) this.deeds.look(each)
  }

  /** The room as it is now, as an answer told it. */
  put(data: RoomData): void {
    this.#data = data
    this.#update()
  }

  close(): void {
    clearTimeout(this.#keeping)
    for (const stop of this.#stop) stop()
    this.recording?.cancel()
    this.drafts.close()
    this.client.leave(this.id)
  }

  async #open(): Promise<void> {
    const opening = this.room.open('unread')
    void this.#showKept()
    await opening
    this.#opened()
    if (this.state.value.at === 'banned') await this.#askWhy()
  }

  /** While there was no connection: on return the log is refused. */
  get #isBanned(): boolean {
    const { value: state } = this.room.state
    return state.is === 'ended' && problemOf(new CallError(state.code, state.message)).name === 'banned'
  }

  /** Whoever was not there when it happened asks. */
  async #askWhy(): Promise<void> {
    try {
      this.#sentence = await this.client.call('rooms.whyBanned', { room: this.id })
    } catch {
      this.#sentence = {} // an address is kept out, or the answer did not come: that it is so stands there
    }
    this.#update()
  }

  /** As it was, where the server takes long or is not there. */
  async #showKept(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, keptAfter))
    if (this.room.state.value.is !== 'opening') return
    const snapshot = await this.#kept?.page(this.id).catch(() => undefined)
    if (snapshot === undefined) return
    this.room.restore(snapshot)
    this.#opened()
  }

  /** A while after it changed. */
  #keep(): void {
    this.#keeping ??= setTimeout(() => {
      this.#keeping = undefined
      const { snapshot } = this.room
      if (snapshot !== undefined && this.room.live.value) this.#kept?.keepPage(this.id, snapshot).catch(() => undefined)
    }, keepAfter)
  }

  #opened(): void {
    const view = this.room.opened.value
    if (view === undefined) return this.#update()
    this.#data = view
    // What arrives while one looks is no news; the line is for what was there before.
    this.#readUpTo = this.room.firstUnread.value === undefined ? Number.MAX_SAFE_INTEGER : view.read
    this.drafts.arrived(view.draft)
    this.#seenLast = this.room.timeline.value.messages.at(-1)?.offset ?? 0
    const first = this.room.firstUnread.value
    if (first !== undefined) this.scroll.beginAt(first)
    this.#pacer.flush()
    this.#update()
  }

  /** What the list of rooms says goes over what was answered when the room was opened. */
  #listed(): void {
    const listed = this.client.rooms.rooms.value.get(this.id)
    if (listed === undefined) return this.#unlisted()
    if (listed === this.#data) return
    this.#data = listed
    this.#left = undefined
    this.drafts.arrived(listed.draft)
    this.#pacer.run(this.#draw)
  }

  /** Archived rooms are not in the list: one that was archived while there was no connection is missing there, and asked for. */
  #unlisted(): void {
    const data = this.#data
    if (data?.role === undefined || data.archived || this.#left !== undefined || !this.client.rooms.loaded.value) return
    this.client.call('rooms.get', { room: this.id }).then(
      ({ room }) => this.put(room),
      () => undefined, // the log says why one may no longer read it
    )
  }

  #grew(): void {
    const { messages } = this.room.timeline.value
    const news = messages.filter(({ offset, from }) => offset > this.#seenLast && from !== this.client.me.id)
    const last = messages.at(-1)?.offset ?? 0
    if (last > this.#seenLast && this.room.state.value.is === 'open') {
      this.#seenLast = last
      this.scroll.arrived(news.length)
    }
    this.#pacer.run(this.#draw)
  }

  #update(): void {
    const next = this.#next()
    if (shut.has(next.at)) void this.#kept?.forgetPage(this.id).catch(() => undefined)
    if (JSON.stringify(next) !== JSON.stringify(this.state.value)) this.state.value = next
  }

  #next(): RoomState {
    const { value: state } = this.room.state
    const data = this.#data
    if (data !== undefined && this.#left !== undefined) return { at: 'removed', room: data, ...this.#left }
    if (state.is === 'ended' && data !== undefined) {
      return this.#isBanned
        ? { at: 'removed', room: data, why: 'banned', ...this.#sentence }
        : { at: 'removed', room: data, why: 'kicked' }
    }
    if (state.is === 'failed') {
      const problem = problemOf(state.error)
      if (problem.name === 'notFound' || problem.name === 'invalid') return { at: 'missing' }
      if (problem.name === 'banned') return { at: 'banned', ...this.#sentence }
      if (this.room.opened.value === undefined) return { at: 'failed', problem }
    }
    if (data === undefined || this.room.opened.value === undefined) return { at: 'loading' }
    return { at: 'open', room: data, readUpTo: this.#readUpTo, marks: this.#marks(), waitUntil: this.#waitUntil(data) }
  }

  /** In slow mode, counted from what was sent here, on another device, or before a reload. Who moderates is free of it. */
  #waitUntil({ slow, role }: RoomData): number {
    if (slow === 0 || role !== 'member') return 0
    const own = this.room.timeline.value.messages.findLast(({ from }) => from === this.client.me.id)
    if (own !== undefined && own.offset !== this.#lastOwn?.offset) {
      // The server's clock may be ahead of ours: then it counts from now.
      this.#lastOwn = { offset: own.offset, time: Math.min(own.time, Date.now()) }
    }
    return Math.max(this.#lastSent, this.#lastOwn?.time ?? 0) + slow * 1000
  }

  /** In a room of many, how far the one is that got farthest. */
  #marks(): Marks {
    let [read, delivered] = [0, 0]
    for (const [person, mark] of this.room.receipts.value) {
      if (person === this.client.me.id) continue
      read = Math.max(read, mark.read)
      delivered = Math.max(delivered, mark.delivered)
    }
    return { read, delivered }
  }

  /** Something was said here. */
  #spoke(): void {
    this.#lastSent = Date.now()
    this.#readUpTo = Number.MAX_SAFE_INTEGER // who speaks has read; the divider goes
    if (this.room.timeline.value.end) this.scroll.toEnd()
    else void this.#comeToEnd()
    this.#update()
  }

  /** Whoever says much before the end is there comes to it once. */
  #comeToEnd(): Promise<void> {
    const come = async (): Promise<void> => {
      await this.paging.jump('latest')
      this.#coming = undefined
      this.scroll.toEnd()
    }
    return (this.#coming ??= come())
  }
}
