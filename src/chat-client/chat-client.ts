/**
 * The chat, for a program that takes part in it: a page, a bot, an app. A thin
 * layer on the official SDK; it draws nothing, and keeps nothing but what the
 * host hands it a place for.
 *
 *   const chat = await ChatClient.connect({ url, token })
 *   const room = chat.room(id)
 *   await room.open()
 *   room.timeline.subscribe(() => draw(room.timeline.value.messages))
 *   room.send({ text: 'hello' })
 */
import { CentrifugeLink } from './centrifuge-link.ts'
import { type Clock, systemClock } from './clock.ts'
import { callOverHttp, type HttpOptions } from './http.ts'
import { Deliveries } from './deliveries.ts'
import type { Link } from './link.ts'
import { Watched } from './observable.ts'
import { Outbox, type OutboxMates, type OutboxStorage } from './outbox.ts'
import { Marks } from './marks.ts'
import { newId } from './new-id.ts'
import { Room } from './room.ts'
import { type Arrival, RoomList } from './room-list.ts'
import { sooner } from './sooner.ts'
import type { ActionName, Input, Output, PersonView, RoomView } from './types.ts'

export interface ChatClientOptions extends HttpOptions {
  /** Instead of a connection of its own. */
  readonly link?: Link | undefined
  /** Keeps what is on its way, so that it outlives the program. */
  readonly outbox?: OutboxStorage | undefined
  /** Others that keep it in the same place. */
  readonly mates?: OutboxMates | undefined
  readonly clock?: Clock | undefined
  readonly random?: (() => number) | undefined
  /** Is told of what went wrong where nobody waits for an answer. */
  readonly report?: ((error: unknown) => void) | undefined
}

/** What is asked before anything can be shown. It changes nothing. */
const first: ReadonlySet<ActionName> = new Set<ActionName>([
  'rooms.list',
  'rooms.open',
  'rooms.whyBanned',
  'people.get',
])

/** Rooms that the list holds. */
const roomLimit = 2000

export class ChatClient {
  readonly me: PersonView
  readonly link: Link
  readonly rooms: RoomList
  readonly outbox: Outbox
  /** Those who said what was said last in the rooms. A room knows those whom its messages name. */
  readonly people = new Watched<ReadonlyMap<string, PersonView>>(new Map())
  readonly #http: HttpOptions
  readonly #clock: Clock
  readonly #report: (error: unknown) => void
  readonly #open = new Map<string, Room>()
  readonly #deliveries: Deliveries
  readonly #marks = new Map<string, Marks>() // they outlive a room that is closed before they are told

  /** @throws CallError 401 if nobody knows who this is */
  static async connect(options: ChatClientOptions): Promise<ChatClient> {
    const { person } = await callOverHttp('people.me', {}, options)
    return new ChatClient(person, options)
  }

  constructor(me: PersonView, options: ChatClientOptions) {
    const { url, token, clock = systemClock, random = Math.random, report = (error) => console.error(error) } = options
    this.me = me
    this.#http = options
    this.link = options.link ?? new CentrifugeLink({ url, token })
    this.#clock = clock
    this.#report = report
    const { outbox: storage, mates } = options
    this.outbox = new Outbox({ link: this.link, storage, mates, clock, newId, random, report })
    const source = {
      all: () => this.#allRooms(),
      one: async (room: string) => (await this.call('rooms.get', { room })).room,
    }
    this.rooms = new RoomList(this.link, me.id, source, report)
    this.rooms.arrivals((arrival) => this.#met(arrival))
    this.#deliveries = new Deliveries({
      me: me.id,
      rooms: this.rooms.rooms,
      clock,
      may: () => this.link.state.value === 'connected' && mates?.leads.value !== false,
      tell: (room, offset) => this.call('marks.delivered', { room, offset }),
    })
    void this.outbox.restore().catch(report)
    if (this.link.state.value === 'connecting') void this.rooms.reload().catch(() => undefined) // the connection asks again
  }

  /** Calls an action. `docs/reference/chat.md` lists them. @throws CallError */
  async call<Name extends ActionName>(name: Name, input: Input<Name>): Promise<Output<Name>> {
    const overLink = async () => (await this.link.call(`chat.${name}`, input)) as Output<Name>
    return first.has(name) ? sooner(this.link, () => callOverHttp(name, input, this.#http), overLink) : overLink()
  }

  /** A room to look at: the same as long as nobody closes it. `open` it, and `close` it when it is no longer shown. */
  room(id: string): Room {
    const known = this.#open.get(id)
    if (known !== undefined) return known
    const marks =
      this.#marks.get(id) ?? new Marks(this.#clock, (read) => this.call('marks.read', { room: id, offset: read }))
    this.#marks.set(id, marks)
    const quietly = (call: Promise<unknown>) => void call.catch(() => undefined) // that somebody writes is no loss
    const room = new Room({
      id,
      me: this.me.id,
      link: this.link,
      outbox: this.outbox,
      clock: this.#clock,
      report: this.#report,
      calls: {
        open: (input) => this.call('rooms.open', input),
        page: (input) => this.call('messages.page', input),
        typing: (on) => quietly(this.call('typing.set', { room: id, on })),
        read: (offset) => {
          this.rooms.read(id, offset)
          marks.read(offset)
        },
        people: async (ids) => (await this.call('people.get', { people: [...ids] })).people,
        members: (more) => this.rooms.members(id, more),
        marks: () => this.call('marks.get', { room: id }),
      },
    })
    this.#open.set(id, room)
    return room
  }

  async #allRooms(): Promise<readonly RoomView[]> {
    const all: RoomView[] = []
    for (let after: string | undefined; ;) {
      const { rooms, people, next } = await this.call('rooms.list', after === undefined ? {} : { after })
      this.#know(people)
      all.push(...rooms)
      if (next === undefined || all.length >= roomLimit) return all
      after = next
    }
  }

  #know(people: readonly PersonView[]): void {
    const all = new Map(this.people.value)
    for (const person of people) all.set(person.id, person)
    this.people.value = all
  }

  /** Whoever said what was said last is named with it. */
  #met({ from, name }: Arrival): void {
    if (!this.people.value.has(from)) this.#know([{ id: from, name, kind: 'member' }])
  }

  /** No longer looks at a room. */
  leave(id: string): void {
    this.#open.get(id)?.close()
    this.#open.delete(id)
  }

  /** Ends the connection. What waits in the outbox waits there. */
  close(): void {
    for (const room of this.#open.values()) room.close()
    this.#open.clear()
    this.#deliveries.close()
    for (const marks of this.#marks.values()) marks.close()
    this.rooms.close()
    this.outbox.close()
    this.link.close()
  }
}
