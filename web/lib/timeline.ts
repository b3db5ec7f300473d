/**
 * What is read in the lobby: messages, and between them notices.
 *
 * Messages come from three sides - pages of history, what the SDK recovers,
 * what arrives live - in any mixture and more than once. The offset tells
 * them apart and puts them in order. A notice is not in the log: it stands
 * after the message that was the last one when it was made.
 */
import { Observable } from './observable.ts'
import { person, type Info, type Person } from './person.ts'

export interface Message extends Person {
  readonly kind: 'message'
  readonly key: string
  readonly offset: number
  readonly id: string // made by the sender; '' if it made none
  readonly text: string
  readonly server: boolean // nobody's: published by the server or its backend
  readonly time: number // milliseconds since 1970
  readonly timed: boolean // false: said at an unknown time, and `time` only keeps it among its neighbours
}

export interface Notice {
  readonly kind: 'notice'
  readonly key: string
  readonly what: 'joined' | 'left' | 'gap' | 'begun-again'
  readonly name: string
  readonly time: number
}

export type Entry = Message | Notice

/** As the SDK hands it out. */
export interface Publication {
  readonly data: unknown
  readonly offset?: number
  readonly info?: Info
}

export const keptMessages = 1000
const keptNotices = 200

export class Timeline extends Observable {
  readonly #now: () => number
  #messages = new Map<number, Message>()
  #notices: { readonly after: number; readonly notice: Notice }[] = []
  #epoch: string | undefined
  #top = 0
  #before: number | undefined // where we were interrupted
  #made = 0
  #entries: readonly Entry[] = []

  constructor(now: () => number) {
    super()
    this.#now = now
  }

  get entries(): readonly Entry[] {
    return this.#entries
  }

  /** The highest offset seen, whatever stood there. */
  get top(): number {
    return this.#top
  }

  has(id: string): boolean {
    return this.#messages.values().some((message) => message.id === id)
  }

  /** Names the log that offsets count in from now on; those of another log mean nothing any more. */
  open(epoch: string): void {
    const other = this.#epoch !== undefined && this.#epoch !== epoch
    this.#epoch = epoch
    if (!other) return
    this.#messages.clear()
    this.#notices = []
    this.#top = 0
    this.notice('begun-again')
  }

  /** A publication that arrived by itself, live or recovered. */
  receive(publication: Publication): void {
    this.#take(publication, { time: this.#now(), timed: true })
    this.#redraw()
  }

  /** Recovery failed: what comes now does not follow on what we have. */
  interrupted(): void {
    this.#before ??= this.#top
  }

  /**
   * The last page of the log, and the offset the log ends at. If it does not
   * reach back to where we were interrupted, what lies between is gone: what
   * we have from before goes too, and a notice says so, because a hole that
   * nobody sees is worse than a beginning.
   */
  page(publications: readonly Publication[], top: number): void {
    const first = Math.min(top + 1, ...publications.map(({ offset = 0 }) => offset))
    if (this.#before !== undefined && first > this.#before + 1) {
      for (const offset of this.#messages.keys()) if (offset < first) this.#messages.delete(offset)
      this.#notices = []
      this.#add(first - 1, 'gap', '')
    }
    this.#before = undefined
    let time = this.#now()
    for (const publication of publications.toSorted((a, b) => (b.offset ?? 0) - (a.offset ?? 0)))
      time = this.#take(publication, { time, timed: false }) ?? time
    this.#top = Math.max(this.#top, top)
    this.#redraw()
  }

  notice(what: Notice['what'], name = ''): void {
    this.#add(this.#top, what, name)
    this.#redraw()
  }

  #add(after: number, what: Notice['what'], name: string): void {
    this.#notices.push({
      after,
      notice: { kind: 'notice', key: `notice ${++this.#made}`, what, name, time: this.#now() },
    })
    if (this.#notices.length > keptNotices) this.#notices.shift()
  }

  /** A message without a time gets the fallback. Answers the time it has, if it is one. */
  #take({ data, offset, info }: Publication, fallback: { time: number; timed: boolean }): number | undefined {
    if (offset === undefined) return undefined
    const known = this.#messages.get(offset)
    if (known !== undefined) return known.time
    this.#top = Math.max(this.#top, offset)
    const said = asMessage(data)
    if (said === undefined) return undefined
    const { time, timed } = said.time === undefined ? fallback : { time: said.time, timed: true }
    const key = `message ${offset}`
    this.#messages.set(offset, {
      kind: 'message',
      key,
      offset,
      ...person(info),
      id: said.id,
      text: said.text,
      server: info === undefined,
      time,
      timed,
    })
    return time
  }

  #redraw(): void {
    const offsets = Array.from(this.#messages.keys()).toSorted((a, b) => a - b)
    for (const offset of offsets.splice(0, offsets.length - keptMessages)) this.#messages.delete(offset)
    const notices = this.#notices.toSorted((a, b) => a.after - b.after) // stable: as made, where several stand together
    const entries: Entry[] = []
    let next = 0
    const noticesBefore = (offset: number): void => {
      for (let at = notices[next]; at !== undefined && at.after < offset; at = notices[++next]) entries.push(at.notice)
    }
    for (const offset of offsets) {
      noticesBefore(offset)
      const message = this.#messages.get(offset)
      if (message !== undefined) entries.push(message)
    }
    noticesBefore(Infinity)
    this.#entries = entries
    this.changed()
  }
}

/** Anyone may publish anything to a public channel; what is no message is passed over. */
function asMessage(data: unknown): { id: string; text: string; time?: number } | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const { type, id, text, time }: Record<string, unknown> = { ...data }
  if (type !== 'message' || typeof text !== 'string') return undefined
  const inTime = typeof time === 'number' && Math.abs(time) < 8.64e15 // the range of Date
  return { id: typeof id === 'string' ? id : '', text, ...(inTime && { time }) }
}
