/**
 * The chat as its parts see it: the server, the clock, and how something is
 * done in a room.
 *
 * A deed is one publication in the room's channel. It is decided on what stands
 * in the tables (`permissions.ts`), written together with what it does to them
 * (`projection.ts`), and what was decided on is guarded (`guards.ts`): if that
 * changed in between, nothing was written and it is decided anew.
 */
import { type Posthouse, type Published, Refused, type SqlRow, type Statement, StoreError } from '../index.ts'
import { ChatError } from './errors.ts'
import { channelOf, type PersonId, type RoomEvent, type RoomId } from './events.ts'
import { type Seen, unchanged } from './guards.ts'
import { ChatLimits } from './limits.ts'
import { Live } from './live/live.ts'
import type { ChatOptions } from './options.ts'
import { systemResolver } from './outgoing/destination.ts'
import type { Outgoing } from './outgoing/outgoing.ts'
import { internetOnly } from './outgoing/policy.ts'
import { Departures } from './people/departures.ts'
import { LoginAttempts } from './people/login-attempts.ts'
import { Passwords } from './people/passwords.ts'
import type { Person } from './people/person.ts'
import { type Deed, objection, type Standing } from './permissions.ts'
import { lineOf } from './owning/audited.ts'
import { erasureOf } from './owning/erasure.ts'
import { project } from './projection.ts'
import { Receipts } from './reading/receipts.ts'
import { standingOf } from './rooms/standing.ts'
import { OutgoingHooks } from './webhooks/outgoing-hooks.ts'

/** What is passed in, so that tests have it in hand. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly randomBytes: (count: number) => Uint8Array
  /** Calls back once after so many milliseconds; returns how to cancel. */
  readonly after: (delay: number, call: () => void) => () => void
  /** Hold each answer to its schema once more. */
  readonly checksAnswers?: boolean | undefined
  /** How the server asks other servers; else as anybody does, and only what is on the internet. */
  readonly outgoing?: Partial<Outgoing> | undefined
  /** So many times may be asked what the limits allow. */
  readonly limitFactor?: number | undefined
}

export const surroundings: Surroundings = {
  now: Date.now,
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  after(delay, call) {
    const timer = setTimeout(call, delay)
    return () => clearTimeout(timer)
  },
}

/** Something that is about to be done in a room. */
export interface Performance {
  readonly room: RoomId
  readonly deed: Deed
  readonly event: RoomEvent
  /** Whom it concerns, where the table of permissions asks. */
  readonly target?: { readonly person: PersonId; readonly newRole?: Standing['role'] } | undefined
  /** Done again with the same key, it is done once. */
  readonly key?: string | undefined
  /** What must hold besides, and what is written along. */
  readonly guards?: readonly Statement[] | undefined
  readonly statements?: readonly Statement[] | undefined
  /** What the audit log says of it besides. */
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

/** Told after something was done, in the order of the room's log. */
export type Listener = (room: RoomId, event: RoomEvent, done: Published, by: Person | undefined) => void

const attempts = 8 // somebody who changes a room this often while another acts in it does so on purpose

export class Chat {
  readonly server: Posthouse
  readonly options: ChatOptions
  readonly limits: ChatLimits
  readonly live: Live
  readonly passwords = new Passwords()
  readonly attempts: LoginAttempts
  readonly departures: Departures
  readonly receipts: Receipts
  readonly hooks: OutgoingHooks
  readonly checksAnswers: boolean
  readonly #surroundings: Surroundings
  readonly #listeners: Listener[] = []
  readonly #begun = Promise.withResolvers<void>()
  readonly #expelled = new Map<string, number>() // `room person` → how many commits that expel are under way

  constructor(server: Posthouse, options: ChatOptions, given: Surroundings = surroundings) {
    this.server = server
    this.options = options
    this.limits = new ChatLimits(given.now, given.limitFactor)
    this.checksAnswers = given.checksAnswers ?? false
    this.#surroundings = given
    this.live = new Live(this)
    this.attempts = new LoginAttempts(given.now)
    this.departures = new Departures(this)
    this.receipts = new Receipts(this)
    this.hooks = new OutgoingHooks(this)
  }

  /** Called once the server listens: `work` is what must be done before anybody comes in. */
  begin(work: Promise<void>): void {
    this.#begun.resolve(work.catch((error: unknown) => this.server.report(error)))
  }

  /** Resolves when that is done. */
  get begun(): Promise<void> {
    return this.#begun.promise
  }

  now(): number {
    return this.#surroundings.now()
  }

  /** A name that nobody can guess: 80 bits in 16 letters and digits. */
  newId(): string {
    return Array.from(this.randomBytes(16), (byte) => alphabet[byte % 32]).join('')
  }

  after(delay: number, call: () => void): () => void {
    return this.#surroundings.after(delay, call)
  }

  randomBytes(count: number): Uint8Array {
    return this.#surroundings.randomBytes(count)
  }

  /**
   * How the server goes out, where people say where to.
   * @param allow what of the own network may be reached
   * @throws RangeError for what of it cannot be read
   */
  outgoing(allow: readonly string[] = []): Outgoing {
    return { resolve: systemResolver, admits: internetOnly({ allow }), userAgent, ...this.#surroundings.outgoing }
  }

  rows(
    sql: string,
    ...params: Parameters<Posthouse['sql']> extends [string, ...infer P] ? P : never
  ): readonly SqlRow[] {
    return this.server.sql(sql, ...params)
  }

  row(
    sql: string,
    ...params: Parameters<Posthouse['sql']> extends [string, ...infer P] ? P : never
  ): SqlRow | undefined {
    return this.server.sql(sql, ...params)[0]
  }

  /** Statements that concern no log. @throws Refused by a guard; ChatError `unavailable` */
  async write(...statements: readonly Statement[]): Promise<void> {
    await this.server.write(...statements).catch(unavailable)
  }

  /** Is told of everything that is done in rooms from now on. */
  listen(listener: Listener): void {
    this.#listeners.push(listener)
  }

  /** What somebody may do in a room is asked here. @throws ChatError */
  demand(deed: Deed, room: RoomId, person: Person, target?: Performance['target']): Standing {
    const { standing } = this.#look(deed, room, person, target)
    return standing
  }

  /**
   * Does something in a room. `prepare` looks at the tables and says what; it is
   * asked again if they have changed when it comes to writing. All that is
   * looked at is of one state. If `prepare` says nothing, nothing is done: it is
   * so already.
   * @throws ChatError
   */
  async perform<P extends Performance | undefined>(
    person: Person,
    prepare: () => P,
  ): Promise<Published | Extract<P, undefined>>
  async perform(person: Person, prepare: () => Performance | undefined): Promise<Published | undefined> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const decided = this.server.snapshot(() => {
        const what = prepare()
        return what && { what, seen: this.#look(what.deed, what.room, person, what.target).seen }
      })
      if (decided === undefined) return undefined
      const { what, seen } = decided
      const guards = [...seen.map(unchanged), ...(what.guards ?? [])]
      const done = await this.#commit(what, guards, person)
      if (done !== undefined) return done
    }
    throw new ChatError('conflict')
  }

  /**
   * Where something stands that was done in a room with this key; undefined if
   * nothing was. Nothing is written: a log answers a key that it knows before it
   * asks the guards, and this guard never holds.
   */
  async doneBefore(room: RoomId, key: string): Promise<Published | undefined> {
    const never: Statement = { sql: 'SELECT 1 WHERE 0', guard: 'known' }
    try {
      return await this.server.publish(channelOf(room), null, { idempotencyKey: key, statements: [never] })
    } catch (error) {
      if (error instanceof Refused && error.guard === 'known') return undefined
      return unavailable(error)
    }
  }

  /**
   * As `perform`, where no reader of the room sees anything of it: there is no
   * publication, only the statements.
   * @throws ChatError
   */
  async amend(person: Person, prepare: () => Omit<Performance, 'event' | 'key'> | undefined): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const what = prepare()
      if (what === undefined) return
      const { deed, room, target, guards = [], statements = [] } = what
      const { seen } = this.#look(deed, room, person, target)
      if (await this.attempt(...seen.map(unchanged), ...guards, ...statements)) return
    }
    throw new ChatError('conflict')
  }

  /** Statements that concern no log; false if a guard named `changed` refused them. @throws Refused by another; ChatError `unavailable` */
  async attempt(...statements: readonly Statement[]): Promise<boolean> {
    try {
      await this.write(...statements)
      return true
    } catch (error) {
      if (error instanceof Refused && error.guard === 'changed') return false
      throw error
    }
  }

  /** What needs nobody's leave, such as making a room; undefined if a guard refused. */
  add(what: Omit<Performance, 'deed' | 'target'>, by?: Person): Promise<Published | undefined> {
    return this.#commit(what, what.guards ?? [], by)
  }

  /** Whether somebody is being put out of a room at this moment. */
  isExpelled(room: RoomId, person: PersonId): boolean {
    return this.#expelled.has(`${room} ${person}`)
  }

  #look(deed: Deed, room: RoomId, person: Person, target: Performance['target']): { standing: Standing; seen: Seen[] } {
    const mine = standingOf(this, room, person)
    const isSelf = target === undefined || target.person === person.id
    const theirs = isSelf ? mine : standingOf(this, room, { id: target.person, admin: false })
    const refused = objection(deed, mine.standing, {
      role: theirs.standing.role,
      self: isSelf,
      newRole: target?.newRole,
    })
    if (refused !== undefined) throw new ChatError(refused)
    return { standing: mine.standing, seen: isSelf ? [mine.seen] : [mine.seen, theirs.seen] }
  }

  async #commit(
    what: Omit<Performance, 'deed'> & Partial<Pick<Performance, 'deed'>>,
    guards: readonly Statement[],
    by: Person | undefined,
  ): Promise<Published | undefined> {
    const { room, event, key, statements = [] } = what
    // What is taken back leaves the log with the entry that says so, whoever takes it back.
    const erasure = event.type === 'recall' ? erasureOf(this, room, event.of) : undefined
    const all = [...guards, ...(erasure ? [erasure.guard] : [])]
    const ends = expulsion(event)
    const release = ends === undefined ? undefined : this.#expel(room, ends)
    try {
      const done = await this.server.publish(channelOf(room), event, {
        idempotencyKey: key,
        erase: erasure?.erase,
        info: by && { user: by.id }, // not the name: it may change, and who is gone takes it along
        statements: [...all, ...project(room, event), ...statements, ...lineOf(what, by)],
      })
      if (done.outcome === 'appended')
        for (const listener of this.#listeners) this.#tell(listener, room, event, done, by)
      return done
    } catch (error) {
      if (error instanceof Refused && error.guard === 'changed') return undefined
      return unavailable(error)
    } finally {
      release?.()
    }
  }

  /**
   * Ends somebody's readers of a room before the entry that says so is written:
   * what comes right behind it must not reach them. Should it not come to that,
   * they may come back.
   */
  #expel(room: RoomId, person: PersonId): () => void {
    const key = `${room} ${person}`
    this.#expelled.set(key, (this.#expelled.get(key) ?? 0) + 1)
    this.server.unsubscribe(person, channelOf(room))
    return () => {
      const left = (this.#expelled.get(key) ?? 1) - 1
      if (left === 0) this.#expelled.delete(key)
      else this.#expelled.set(key, left)
    }
  }

  #tell(listener: Listener, ...told: Parameters<Listener>): void {
    try {
      listener(...told)
    } catch (error) {
      this.server.report(error) // it is done; that somebody could not hear of it undoes nothing
    }
  }
}

const userAgent = 'Mozilla/5.0 (compatible; Posthouse)'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz' // without those that look like others

/** Who is no longer in the room when this is written. */
function expulsion(event: RoomEvent): PersonId | undefined {
  if (event.type !== 'member') return undefined
  return event.what === 'kicked' || event.what === 'banned' || event.what === 'left' ? event.person : undefined
}

/** The database took nothing, for a reason that is not the caller's. */
function unavailable(error: unknown): never {
  if (error instanceof StoreError && error.temporary) throw new ChatError('unavailable', { cause: error })
  throw error
}
