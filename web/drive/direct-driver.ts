/** The room with a person: its id is asked for first, and it is made when it is not there yet. */
import { Cell } from '../lib/cell.ts'
import {
  noDetails,
  type Details,
  type Draft,
  type Marks,
  type Page,
  type PendingMessage,
  type Place,
  type RoomModel,
  type RoomState,
} from '../lib/room-model.ts'
import type { Source } from '../lib/cell.ts'
import type { Message } from '../lib/views.ts'
import type { ChatDriver } from './chat-driver.ts'
import { problemOf } from './outcome-of.ts'
import { RoomDriver } from './room-driver.ts'

/** What it shows follows the room, as soon as there is one. */
class Follower<T> extends Cell<T> {
  follow(source: Source<T>): void {
    source.subscribe(() => (this.value = source.value))
    this.value = source.value
  }
}

export class DirectDriver implements RoomModel {
  readonly state = new Follower<RoomState>({ at: 'loading' })
  readonly draft = new Follower<Draft>({ text: '', files: [] })
  readonly details = new Follower<Details>(noDetails)
  readonly receipts = new Follower<ReadonlyMap<string, Marks>>(new Map())
  readonly #page = new Follower<Page>({ messages: [], happenings: [], before: 'end', after: 'end' })
  readonly #place = new Follower<Place>({ atEnd: true, below: 0 })
  readonly #messages = new Follower<readonly PendingMessage[]>([])
  readonly #who = new Follower<readonly string[]>([])
  readonly #listeners = new Set<(messages: readonly Message[]) => void>()
  #driver: RoomDriver | undefined
  #isClosed = false

  constructor(chat: ChatDriver, person: string) {
    const known = [...chat.client.rooms.rooms.value.values()].find(({ peer }) => peer?.id === person)
    if (known !== undefined) this.#become(chat, known.id)
    else this.#ask(chat, person)
  }

  #ask(chat: ChatDriver, person: string): void {
    chat.client.call('rooms.direct', { person }).then(
      ({ room }) => this.#become(chat, room),
      (error: unknown) => {
        const problem = problemOf(error)
        this.state.value = problem.name === 'notFound' ? { at: 'missing' } : { at: 'failed', problem }
      },
    )
  }

  get #room(): RoomDriver {
    if (this.#driver === undefined) throw new Error('the room is not there yet')
    return this.#driver
  }

  get recording(): RoomModel['recording'] {
    return this.#driver?.recording
  }

  get deeds(): RoomModel['deeds'] {
    return this.#room.deeds
  }

  readonly paging: RoomModel['paging'] = {
    page: this.#page,
    earlier: () => this.#driver?.paging.earlier(),
    later: () => this.#driver?.paging.later(),
    jump: (to) => this.#room.paging.jump(to),
    find: (time) => this.#room.paging.find(time),
  }

  readonly scroll: RoomModel['scroll'] = {
    place: this.#place,
    attach: (list) => this.#driver?.scroll.attach(list),
    settle: () => this.#driver?.scroll.settle(),
    lookedAt: () => this.#driver?.scroll.lookedAt() ?? 'latest',
    reveal: (offset) => this.#driver?.scroll.reveal(offset),
    bring: (row) => this.#driver?.scroll.bring(row),
    toEnd: () => this.#driver?.scroll.toEnd(),
  }

  readonly pending: RoomModel['pending'] = {
    messages: this.#messages,
    send: (text, options) => this.#room.pending.send(text, options),
    retry: (id) => this.#room.pending.retry(id),
    discard: (id) => this.#room.pending.discard(id),
  }

  readonly typing: RoomModel['typing'] = {
    who: this.#who,
    touched: () => this.#driver?.typing.touched(),
    stopped: () => this.#driver?.typing.stopped(),
  }

  arrivals(listener: (messages: readonly Message[]) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  close(): void {
    this.#isClosed = true
    this.#driver?.close()
  }

  #become(chat: ChatDriver, room: string): void {
    if (this.#isClosed) return
    const driver = new RoomDriver(chat.client, room, (people) => chat.know(people), chat.kept)
    this.#driver = driver
    chat.follow(driver)
    driver.arrivals((messages) => {
      for (const tell of this.#listeners) tell(messages)
    })
    this.draft.follow(driver.draft)
    this.details.follow(driver.details)
    this.receipts.follow(driver.receipts)
    this.#page.follow(driver.paging.page)
    this.#place.follow(driver.scroll.place)
    this.#messages.follow(driver.pending.messages)
    this.#who.follow(driver.typing.who)
    this.state.follow(driver.state)
  }
}
