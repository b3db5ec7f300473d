/** A room that is filled by hand: its deeds are written down and change nothing, but for the draft. */
import { Cell } from '../lib/cell.ts'
import { done, type Outcome } from '../lib/outcome.ts'
import {
  noDetails,
  type Details,
  type Draft,
  type Marks,
  type Page,
  type PendingMessage,
  type RecordingState,
  type Place,
  type RoomDeeds,
  type RoomModel,
  type RoomState,
} from '../lib/room-model.ts'
import type { Room } from '../lib/views.ts'
import { everyone } from './people.ts'

export class FixtureRoom implements RoomModel {
  readonly state: Cell<RoomState>
  readonly page = new Cell<Page>({ messages: [], happenings: [], before: 'end', after: 'end' })
  readonly messages = new Cell<readonly PendingMessage[]>([])
  readonly who = new Cell<readonly string[]>([])
  readonly draft = new Cell<Draft>({ text: '', files: [] })
  readonly voice = new Cell<RecordingState>({ at: 'idle' })
  readonly details = new Cell<Details>(noDetails)
  readonly place = new Cell<Place>({ atEnd: true, below: 0 })
  readonly receipts = new Cell<ReadonlyMap<string, Marks>>(new Map())
  /** What was asked for, in order. */
  readonly asked: unknown[][] = []
  #list: HTMLElement | undefined

  constructor(room: Room) {
    this.state = new Cell<RoomState>({
      at: 'open',
      room,
      readUpTo: room.read,
      marks: { read: 19, delivered: 22 },
      waitUntil: 0,
    })
  }

  readonly paging: RoomModel['paging'] = {
    page: this.page,
    earlier: () => this.#note('earlier'),
    later: () => this.#note('later'),
    jump: async (to) => {
      this.#note('jump', to)
      return { ok: true, value: { offset: typeof to === 'number' ? to : 1 } }
    },
    find: async (time) => {
      this.#note('find', time)
      return { ok: true, value: { offset: 1 } }
    },
  }

  readonly scroll: RoomModel['scroll'] = {
    place: this.place,
    attach: (list) => {
      this.#list = list
      if (this.place.value.atEnd) this.#toEnd()
    },
    settle: () => this.place.value.atEnd && this.#toEnd(),
    reveal: (offset) => this.#list?.querySelector(`[data-offset="${offset}"]`)?.scrollIntoView({ block: 'center' }),
    bring: (row) => row.scrollIntoView({ block: 'nearest' }),
    lookedAt: () => 'latest',
    toEnd: () => this.#toEnd(),
  }

  readonly pending: RoomModel['pending'] = {
    messages: this.messages,
    send: (text, options) => this.#note('send', text, options),
    retry: (id) => this.#note('retry', id),
    discard: (id) => this.#note('discard', id),
  }

  readonly recording: RoomModel['recording'] = {
    state: this.voice,
    begin: async () => this.#note('begin'),
    stop: async () => {
      this.#note('stop')
      return false
    },
    cancel: () => this.#note('cancel'),
  }

  readonly typing: RoomModel['typing'] = {
    who: this.who,
    touched: () => this.#note('touched'),
    stopped: () => this.#note('stopped'),
  }

  readonly deeds: RoomDeeds = deedsThat((name, args) => this.#do(name, args)) as RoomDeeds

  readonly arrivals = () => () => undefined

  #do(name: string, args: readonly unknown[]): Promise<Outcome<unknown>> | undefined {
    this.#note(name, ...args)
    if (['look', 'seen', 'meet', 'findMembers', 'moreMembers'].includes(name)) return undefined
    if (name === 'setDraft') this.draft.value = { ...this.draft.value, ...(args[0] as Partial<Draft>) }
    if (name === 'membersLike') return Promise.resolve({ ok: true, value: { people: everyone, all: true } })
    return Promise.resolve(done)
  }

  #note(...what: unknown[]): void {
    this.asked.push(what)
  }

  #toEnd(): void {
    if (this.#list !== undefined) this.#list.scrollTop = this.#list.scrollHeight
  }
}

/** Deeds by any name, each told to one function. */
export function deedsThat(run: (name: string, args: readonly unknown[]) => unknown): object {
  return new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...args: readonly unknown[]) =>
          run(String(name), args),
    },
  )
}
