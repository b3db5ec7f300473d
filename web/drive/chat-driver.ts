/** The whole of the page's state, driven by a connection. */
import {
  type Arrival,
  CallError,
  callOverHttp,
  ChatClient,
  type HttpOptions,
  type ActionName,
  type Input,
  type Output,
  type RoomView,
  sorted,
} from '../../src/chat-client/index.ts'
import { Cell } from '../lib/cell.ts'
import {
  noAccount,
  noSearch,
  type Account,
  type ChatModel,
  type Connection,
  type Directory,
  type Entry,
  type InvitationView,
  type People,
  type RoomList,
  type Search,
} from '../lib/chat-model.ts'
import type { Removal, RoomModel } from '../lib/room-model.ts'
import type { RoomAddress } from '../lib/route.ts'
import type { Person, Presence } from '../lib/views.ts'
import { DirectDriver } from './direct-driver.ts'
import { deedsOf } from './deeds.ts'
import { forgetPerson, keepPerson, Kept, keptPerson } from './kept.ts'
import { openOutboxStore } from './outbox-store.ts'
import { problemOf } from './outcome-of.ts'
import { Pacer } from './pacer.ts'
import { RoomDriver } from './room-driver.ts'
import { Sessions } from './tabs/sessions.ts'
import { shareConnection } from './tabs/shared.ts'
import { keepAwake } from './tabs/waking.ts'

const keptRooms = 4 // that were looked at last, so that going back is at once
const lateAfter = 1500 // ms
const presenceEvery = 60_000
const mostPeers = 200 // that one answer tells of

/** Calls back now and then until the function that is returned is called. */
function every(time: number, call: () => void): () => void {
  const timer = setInterval(call, time)
  return () => clearInterval(timer)
}

export class ChatDriver implements ChatModel {
  readonly entry = new Cell<Entry>({ at: 'start' })
  readonly connection = new Cell<Connection>({ state: 'live' })
  readonly people = new Cell<People>({ byId: new Map(), presence: new Map() })
  readonly rooms = new Cell<RoomList>({ state: 'loading', rooms: [], typing: new Map(), failed: new Set() })
  readonly directory = new Cell<Directory>({ state: 'loading', rooms: [] })
  readonly search = new Cell<Search>(noSearch)
  readonly account = new Cell<Account>(noAccount)
  readonly deeds = deedsOf(this)
  readonly url: string
  readonly #ask: HttpOptions['fetch']
  /** What is shown without a server. */
  kept: Kept | undefined
  #keeping: ReturnType<typeof setTimeout> | undefined
  readonly #arrivals = new Set<(arrival: Arrival) => void>()
  #client: ChatClient | undefined
  #open = new Map<string, { readonly model: RoomModel; readonly close: () => void }>()
  #stop: (() => void)[] = []
  #invitations = new Map<string, Cell<InvitationView>>()
  #late: ReturnType<typeof setTimeout> | undefined
  readonly #pacer = new Pacer()
  readonly #list = (): void => this.#listed()
  #asked = '' // people, whether they are there

  readonly sessions = new Sessions((person) => this.#elsewhere(person))

  /** @param ask what is called instead of `fetch` */
  constructor(url: string, ask?: HttpOptions['fetch']) {
    this.url = url
    this.#ask = ask
  }

  /** Is told of messages of others, in one tab of those of this browser. */
  arrivals(listener: (arrival: Arrival) => void): void {
    this.#arrivals.add(listener)
  }

  /** Another tab logged in or out. */
  #elsewhere(person: string | undefined): void {
    const { value: entry } = this.entry
    // That the session is over may have been heard before it was said who ended it.
    const isOver = entry.at === 'outside' && entry.ended === 'revoked'
    if (person === undefined && (entry.at === 'inside' || isOver)) this.outside('logged-out')
    else if (person !== undefined && !(entry.at === 'inside' && entry.me.id === person)) void this.begin()
  }

  /** Who is logged in here, if somebody is. */
  async begin(): Promise<void> {
    const slow = setTimeout(() => this.#enterAsBefore(), lateAfter)
    try {
      const person = await this.askAccount()
      const { value: entry } = this.entry
      if (entry.at !== 'inside' || entry.me.id !== person.id) this.enter(person)
    } catch (error) {
      if (error instanceof CallError && error.code === 401) this.outside()
      else {
        this.#enterAsBefore()
        setTimeout(() => void this.begin(), lateAfter) // the server cannot be reached: it will be
      }
    } finally {
      clearTimeout(slow)
    }
  }

  /** Whoever was here last sees what was kept for them, where the server cannot be reached or takes long. */
  #enterAsBefore(): void {
    const kept = keptPerson()
    if (this.entry.value.at === 'start' && kept !== undefined) this.enter(kept)
  }

  /** What the account says of itself. @throws CallError 401 if nobody is logged in */
  async askAccount(): Promise<Person> {
    const { person, hideSeen, hideTyping, hideRead, quietUntil } = await this.http('people.me', {})
    this.account.value = {
      ...this.account.value,
      hasPassword: person.kind === 'member',
      showPresence: !hideSeen,
      sendTyping: !hideTyping,
      sendReceipts: !hideRead,
      doNotDisturbUntil: quietUntil === 0 ? undefined : quietUntil,
    }
    return person
  }

  /** Somebody is in. */
  enter(me: Person): void {
    this.leave()
    const { link, mates } = shareConnection(this.url, me.id)
    const outbox = openOutboxStore(me.id)
    const client = new ChatClient(me, {
      url: this.url,
      fetch: this.#ask,
      link,
      mates,
      outbox,
      report: (error) => this.#reported(error),
    })
    this.#client = client
    keepPerson(me)
    const kept = new Kept(me.id)
    this.kept = kept
    kept.rooms().then(
      (rooms) => this.#client === client && client.rooms.restore(rooms),
      () => undefined,
    )
    this.know([me])
    const list = () => this.#pacer.run(this.#list)
    this.#stop = [
      client.link.state.subscribe(() => this.#connected()),
      client.rooms.rooms.subscribe(list),
      client.rooms.rooms.subscribe(() => this.#keep(client, kept)),
      client.rooms.loaded.subscribe(this.#list),
      client.people.subscribe(() => this.know(client.people.value.values())),
      client.outbox.pending.subscribe(list),
      client.link.connected(() => (this.#asked = '')),
      client.link.connected(() => this.#catchUp()),
      client.rooms.rooms.subscribe(() => this.#meetPeers()),
      client.link.connected(() => this.#meetPeers()),
      every(presenceEvery, () => !document.hidden && void this.#askPresence()),
      client.link.inbox((data) => this.#told(data)),
      keepAwake(link),
      client.rooms.arrivals((arrival) => {
        if (mates?.leads.value !== false) for (const tell of this.#arrivals) tell(arrival)
      }),
    ]
    this.#listed()
    this.entry.value = { at: 'inside', me }
    this.#connected()
  }

  /** The connection ends, and what it showed goes. */
  leave(): void {
    for (const { close } of this.#open.values()) close()
    this.#open.clear()
    for (const stop of this.#stop) stop()
    this.#stop = []
    clearTimeout(this.#keeping)
    this.#keeping = undefined
    this.kept?.close()
    this.kept = undefined
    this.#client?.close()
    this.#client = undefined
    this.#invitations.clear()
  }

  #keep(client: ChatClient, kept: Kept): void {
    this.#keeping ??= setTimeout(() => {
      this.#keeping = undefined
      kept.keepRooms(client.rooms.rooms.value.values()).catch(() => undefined)
    }, 1000)
  }

  /** Back at the door. */
  outside(ended?: 'logged-out' | 'revoked'): void {
    this.leave()
    forgetPerson()
    this.rooms.value = { state: 'loading', rooms: [], typing: new Map(), failed: new Set() }
    this.search.value = noSearch
    this.account.value = noAccount
    this.entry.value = { at: 'outside', guests: true, ...(ended && { ended }) }
  }

  get client(): ChatClient {
    if (this.#client === undefined) throw new CallError(401, 'Nobody is logged in')
    return this.#client
  }

  http<Name extends ActionName>(name: Name, input: Input<Name>): Promise<Output<Name>> {
    return callOverHttp(name, input, { url: this.url, fetch: this.#ask })
  }

  room(at: RoomAddress): RoomModel {
    const key = 'room' in at ? at.room : `with ${at.person}`
    const known = this.#open.get(key)
    if (known !== undefined) {
      this.#open.delete(key)
      this.#open.set(key, known) // the last that was looked at
      return known.model
    }
    const know = (people: readonly Person[]) => this.know(people)
    const made =
      'room' in at ? new RoomDriver(this.client, at.room, know, this.kept) : new DirectDriver(this, at.person)
    this.#open.set(key, { model: made, close: () => made.close() })
    if (made instanceof RoomDriver) this.follow(made)
    for (const [oldest, { close }] of this.#open) {
      if (this.#open.size <= keptRooms) break
      this.#open.delete(oldest)
      close()
    }
    return made
  }

  /** A room that is looked at tells of people and of who writes. */
  follow({ room }: RoomDriver): void {
    const people = () => this.know(room.people.value.values())
    room.people.subscribe(people)
    room.typing.people.subscribe(() => this.#pacer.run(this.#list))
    room.presence.subscribe(() => this.#present([...room.presence.value.values()]))
    people()
  }

  invitation(token: string): Cell<InvitationView> {
    const known = this.#invitations.get(token)
    if (known !== undefined) return known
    const cell = new Cell<InvitationView>({ state: 'loading' })
    this.#invitations.set(token, cell)
    this.#lookAt(token, cell)
    return cell
  }

  #lookAt(token: string, cell: Cell<InvitationView>): void {
    if (this.#invitations.get(token) !== cell) return
    this.http('invitations.look', { token }).then(
      ({ name, description, members, hue, avatar, by }) => {
        cell.value = { state: 'open', room: { name, description, members, hue, avatar }, by }
      },
      (error: unknown) => {
        const problem = problemOf(error)
        const isOver = problem.name === 'invitationOver' || problem.name === 'notFound'
        cell.value = isOver ? { state: 'over' } : { state: 'failed', problem }
        if (problem.name === 'offline') setTimeout(() => this.#lookAt(token, cell), 1500) // the server will be reached
      },
    )
  }

  /** Connected as nobody: the session ended while there was no connection. */
  #reported(error: unknown): void {
    if (error instanceof CallError && error.code === 401) this.#refused()
  }

  #connected(): void {
    clearTimeout(this.#late)
    const state = this.#client?.link.state.value
    if (state === 'connected') this.connection.value = { state: 'live' }
    else if (state === 'refused') this.#refused()
    else if (state !== undefined) {
      const next = state === 'offline' ? 'offline' : 'connecting'
      if (this.connection.value.state !== next) this.connection.value = { state: next, late: false }
      this.#late = setTimeout(() => (this.connection.value = { state: next, late: true }), lateAfter)
    }
  }

  /** It will not have us any more: because the session is over, or for another reason. */
  #refused(): void {
    const client = this.#client
    this.http('people.me', {}).then(
      () => (this.connection.value = { state: 'refused', why: 'closed' }),
      (error: unknown) => {
        if (client !== this.#client) return // logged out meanwhile, or in as somebody else
        if (error instanceof CallError && error.code === 401) this.outside('revoked')
        else this.connection.value = { state: 'refused', why: 'closed' }
      },
    )
  }

  #listed(): void {
    const client = this.#client
    if (client === undefined) return
    const rooms = sorted(client.rooms.rooms.value)
    const failed = new Set(client.outbox.pending.value.flatMap(({ state, room }) => (state === 'failed' ? [room] : [])))
    const typing = new Map<string, readonly string[]>()
    for (const { model } of this.#open.values())
      if (model instanceof RoomDriver && model.typing.who.value.length > 0) typing.set(model.id, model.typing.who.value)
    this.know(rooms.flatMap(({ peer }) => (peer === undefined ? [] : [peer])))
    this.rooms.value = { state: client.rooms.loaded.value ? 'ready' : 'loading', rooms, typing, failed }
  }

  #told(data: unknown): void {
    if (typeof data !== 'object' || data === null || !('type' in data)) return
    const event = data as {
      type: string
      room?: string | RoomView
      why?: Removal['why']
      reason?: string
      person?: Person
      until?: number
      blocked?: boolean
    }
    if (event.type === 'left' && typeof event.room === 'string') {
      const { model } = this.#open.get(event.room) ?? {}
      const { why = 'left', reason, until } = event
      if (model instanceof RoomDriver) model.ended({ why, reason, until })
      else if (model === undefined) void this.kept?.forgetPage(event.room).catch(() => undefined)
    }
    if (event.type === 'reports' && typeof event.room === 'string') {
      const { model } = this.#open.get(event.room) ?? {}
      if (model instanceof RoomDriver) model.lookAgain()
    }
    if (event.type === 'me' && event.person !== undefined) {
      this.know([event.person])
      this.entry.value = { at: 'inside', me: event.person }
    }
    if (event.type === 'quiet')
      this.account.value = { ...this.account.value, doNotDisturbUntil: event.until === 0 ? undefined : event.until }
    if (event.type === 'block' && event.person !== undefined)
      this.blocks(event.person.id, event.blocked === true ? event.person : undefined)
  }

  /** Nothing is taken from this person any more; without one, it is again. What was never asked for stays so. */
  blocks(id: string, person?: Person): void {
    const others = this.account.value.blocked?.filter((each) => each.id !== id)
    if (others === undefined) return
    this.account.value = { ...this.account.value, blocked: person === undefined ? others : [...others, person] }
  }

  /** What the inbox told while there was no connection is asked for, if it is known here at all. */
  #catchUp(): void {
    if (this.account.value.blocked !== undefined) this.deeds.look('blocked')
  }

  /** Those one talks with directly. */
  get #peers(): string[] {
    const rooms = this.#client?.rooms.rooms.value.values() ?? []
    return [...rooms].flatMap(({ peer }) => (peer === undefined ? [] : [peer.id])).slice(0, mostPeers)
  }

  /** Of those who were not asked about on this connection, whether they are there. */
  #meetPeers(): void {
    const peers = this.#peers.toSorted().join(' ')
    if (peers === this.#asked || this.#client?.link.state.value !== 'connected') return
    this.#asked = peers
    void this.#askPresence()
  }

  /** Rooms that are open tell who comes and goes; of the others it is asked now and then. */
  async #askPresence(): Promise<void> {
    try {
      const people = this.#peers
      if (people.length > 0) this.#present((await this.client.call('presence.of', { people })).people)
    } catch {
      // It stays as it was; the next time asks again.
    }
  }

  #present(changes: readonly Presence[]): void {
    const presence = new Map(this.people.value.presence)
    for (const change of changes) presence.set(change.person, change)
    this.people.value = { ...this.people.value, presence }
  }

  know(people: Iterable<Person>): void {
    const byId = new Map(this.people.value.byId)
    let isNew = false
    for (const person of people) {
      const before = byId.get(person.id)
      if (before?.name === person.name && before.avatar === person.avatar && before.kind === person.kind) continue
      byId.set(person.id, person)
      isNew = true
    }
    if (isNew) this.people.value = { ...this.people.value, byId }
  }
}
