/** Which part of a room is there, and what lies beyond it. */
import type { Room, Timeline } from '../../src/chat-client/index.ts'
import { Cell } from '../lib/cell.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { Edge, Page, Paging } from '../lib/room-model.ts'
import type { Happening } from '../lib/views.ts'
import { problemOf } from './outcome-of.ts'
import type { Pacer } from './pacer.ts'

export class Pager implements Paging {
  readonly page: Cell<Page>
  readonly #room: Room
  readonly #ask: (time: number) => Promise<number>
  #before: Edge = 'end'
  #after: Edge = 'end'
  #seen: Timeline | undefined
  #happenings: readonly Happening[] = []

  /** @param ask for the first message since a time */
  constructor(room: Room, pacer: Pacer, ask: (time: number) => Promise<number>) {
    this.#room = room
    this.#ask = ask
    this.page = new Cell<Page>({ messages: [], happenings: [], before: 'end', after: 'end' })
    const draw = (): void => this.#show()
    room.timeline.subscribe(() => pacer.run(draw))
    this.#show()
  }

  earlier(): void {
    if (this.#before === 'more' || this.#before === 'failed') void this.#load('before')
  }

  later(): void {
    if (this.#after === 'more' || this.#after === 'failed') void this.#load('after')
  }

  async jump(to: number | 'latest'): Promise<Outcome<{ readonly offset: number }>> {
    const { messages, end } = this.#room.timeline.value
    const isHere = to === 'latest' ? end : messages.some(({ offset }) => offset === to)
    if (!isHere) await this.#room.open(to === 'latest' ? 'latest' : { offset: to })
    const state = this.#room.state.value
    if (state.is === 'failed') return { ok: false, problem: problemOf(state.error) }
    return { ok: true, value: { offset: this.#found(to) } }
  }

  #found(to: number | 'latest'): number {
    const { messages } = this.#room.timeline.value
    const found = to === 'latest' ? undefined : messages.find(({ offset }) => offset >= to)
    return (found ?? messages.at(-1))?.offset ?? 0
  }

  async find(time: number): Promise<Outcome<{ readonly offset: number }>> {
    try {
      return { ok: true, value: { offset: this.#known(time) ?? (await this.#ask(time)) } }
    } catch (error) {
      return { ok: false, problem: problemOf(error) }
    }
  }

  /** Where what is there reaches over the time. */
  #known(time: number): number | undefined {
    const { messages, begin } = this.#room.timeline.value
    const reaches = begin || messages.some((message) => message.time < time)
    return reaches ? messages.find((message) => message.time >= time)?.offset : undefined
  }

  async #load(end: 'before' | 'after'): Promise<void> {
    this.#set(end, 'loading')
    try {
      await (end === 'before' ? this.#room.older() : this.#room.newer())
      this.#set(end, undefined)
    } catch {
      this.#set(end, 'failed')
    }
  }

  /** Undefined: as the timeline says. */
  #set(end: 'before' | 'after', edge: Edge | undefined): void {
    const { begin, end: isEnd } = this.#room.timeline.value
    if (end === 'before') this.#before = edge ?? (begin ? 'end' : 'more')
    else this.#after = edge ?? (isEnd ? 'end' : 'more')
    this.#show() // somebody scrolls there
  }

  #show(): void {
    const timeline = this.#room.timeline.value
    if (timeline.begin) this.#before = 'end'
    else if (this.#before === 'end') this.#before = 'more'
    if (timeline.end) this.#after = 'end'
    else if (this.#after === 'end') this.#after = 'more'
    if (this.#seen?.notices !== timeline.notices) this.#happenings = timeline.notices.map(happeningOf)
    this.#seen = timeline
    const page = { messages: timeline.messages, happenings: this.#happenings, before: this.#before, after: this.#after }
    const old = this.page.value
    const isSame =
      old.messages === page.messages &&
      old.happenings === page.happenings &&
      old.before === page.before &&
      old.after === page.after
    if (!isSame) this.page.value = page
  }
}

function happeningOf({ offset, event }: Timeline['notices'][number]): Happening {
  return { ...event, offset }
}
