/**
 * Who is here. People are users; a user may be here with several connections
 * (two tabs), and counts once.
 *
 *   here ──last connection left──▶ leaving ──grace over──▶ gone, and said so
 *    ▲                                │
 *    └────────── comes back ──────────┘   (a reload, a tunnel: nobody is told)
 *
 * The list of the server and the joins and leaves it pushes arrive on their
 * own ways. What was pushed since the list was asked for is applied to it
 * again: the last word on a connection is always the pushed one.
 */
import type { Clock } from './clock.ts'
import { Observable } from './observable.ts'
import { person, type Info, type Person } from './person.ts'

interface Here {
  person: Person
  readonly clients: Set<string>
  leaving?: () => void // cancels it
}

export const grace = 6000 // milliseconds

export class People extends Observable {
  readonly #clock: Clock
  readonly #tell: (what: 'joined' | 'left', who: Person) => void
  readonly #here = new Map<string, Here>()
  #since: (() => void)[] | undefined // pushed since the list was asked for
  #list: readonly Person[] = []

  /** `tell` is called when somebody came or went, not for who was there before us. */
  constructor(clock: Clock, tell: (what: 'joined' | 'left', who: Person) => void) {
    super()
    this.#clock = clock
    this.#tell = tell
  }

  /** By name; people who may yet come back are still in it. */
  get list(): readonly Person[] {
    return this.#list
  }

  join(info: Info): void {
    this.#since?.push(() => this.#enter(info, false))
    this.#enter(info, true)
    this.#redraw()
  }

  leave(info: Info): void {
    this.#since?.push(() => this.#exit(info, false))
    this.#exit(info, true)
    this.#redraw()
  }

  /** The list is asked for now. */
  expect(): void {
    this.#since = []
  }

  /** The list that was asked for. Who is no longer in it left while we were away and gets the same grace. */
  replace(infos: readonly Info[]): void {
    const listed = new Set(infos.map(({ client }) => client))
    for (const here of this.#here.values())
      for (const client of here.clients) if (!listed.has(client)) this.#exit({ user: here.person.user, client }, false)
    for (const info of infos) this.#enter(info, false)
    for (const again of this.#since ?? []) again()
    this.#since = undefined
    this.#redraw()
  }

  #enter(info: Info, tell: boolean): void {
    const who = person(info)
    const here = this.#here.get(info.user)
    if (here === undefined) {
      this.#here.set(info.user, { person: who, clients: new Set([info.client]) })
      if (tell) this.#tell('joined', who)
      return
    }
    here.leaving?.()
    delete here.leaving
    here.person = who
    here.clients.add(info.client)
  }

  #exit({ user, client }: Info, tell: boolean): void {
    const here = this.#here.get(user)
    if (here === undefined || !here.clients.delete(client) || here.clients.size > 0) return
    here.leaving = this.#clock.after(grace, () => {
      this.#here.delete(user)
      if (tell) this.#tell('left', here.person)
      this.#redraw()
    })
  }

  #redraw(): void {
    this.#list = Array.from(this.#here.values(), (here) => here.person).toSorted(
      (a, b) => a.name.localeCompare(b.name) || (a.user < b.user ? -1 : 1),
    )
    this.changed()
  }
}
