/**
 * How far a receiver has read, for devices that remember nothing themselves.
 *
 * A bookmark is a log of one entry, beside the mailbox in the same store: its
 * name has a line break in it, so that no client and no API can name it; its
 * version is the offset, so that it never goes back; and it is forgotten when
 * everything that was in the mailbox at its time has expired.
 *
 * One is kept for each device, and one for the mailbox as a whole: the furthest
 * that any of its readers got.
 */
import type { Clock } from '../core/clock.ts'
import type { Payload, Position } from '../core/publication.ts'
import { type Store, StoreError } from '../core/store.ts'
import { parsePlace, placeOf } from '../protocol/place.ts'
import { badRequest } from './bad-request.ts'
import type { Mailbox } from './mailbox-address.ts'

interface Move {
  readonly mailbox: Mailbox
  readonly position: Position
}

const saveDelay = 1000 // ms for which moves are gathered; a crash within it only means that something comes twice

export class MailboxBookmarks {
  readonly #store: Store
  readonly #clock: Clock
  readonly #moves = new Map<string, Move>() // not saved yet
  #cancel: (() => void) | undefined

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** `device`: undefined for the furthest of all. @throws StoreError */
  async read(mailbox: Mailbox, device: string | undefined): Promise<Position | undefined> {
    const name = nameOf(mailbox, device)
    const page = await this.#store.read(name, retentionOf(mailbox), { limit: 1, reverse: true })
    const data = page.publications[0]?.data
    const saved = typeof data === 'string' ? parsePlace(String(JSON.parse(data))) : undefined
    const moved = this.#moves.get(name)?.position
    return moved !== undefined && isFurther(moved, saved) ? moved : saved
  }

  /** Moves on, soon to be durable. */
  move(mailbox: Mailbox, device: string | undefined, position: Position): void {
    const name = nameOf(mailbox, device)
    if (position.offset === 0 || !isFurther(position, this.#moves.get(name)?.position)) return
    this.#moves.set(name, { mailbox, position })
    this.#cancel ??= this.#clock.after(saveDelay, () => void this.#saveAll())
  }

  /** Moves on, and resolves when that is durable. @throws StoreError */
  async save(mailbox: Mailbox, device: string, position: Position): Promise<void> {
    await Promise.all([device, undefined].map((each) => this.#write(nameOf(mailbox, each), { mailbox, position })))
  }

  async close(): Promise<void> {
    this.#cancel?.()
    await this.#saveAll()
  }

  async #saveAll(): Promise<void> {
    this.#cancel = undefined
    const moves = [...this.#moves]
    await Promise.all(moves.map(([name, move]) => this.#trySave(name, move)))
  }

  async #trySave(name: string, move: Move): Promise<void> {
    try {
      await this.#write(name, move)
      if (this.#moves.get(name) === move) this.#moves.delete(name)
      else this.#cancel ??= this.#clock.after(saveDelay, () => void this.#saveAll())
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      if (error.temporary) this.#cancel ??= this.#clock.after(saveDelay, () => void this.#saveAll())
    }
  }

  async #write(name: string, { mailbox, position }: Move): Promise<void> {
    if (position.offset === 0) return
    const draft = { data: JSON.stringify(placeOf(position)) }
    const options = { version: position.offset, versionEpoch: position.epoch }
    await this.#store.append(name, draft, retentionOf(mailbox), options)
  }
}

/** What a bookmark becomes where all logs were given new epochs: it says the same place. Undefined for what is none, and for one in a log that was gone. */
export function renewBookmark(
  name: string,
  data: Payload,
  renewed: (channel: string, place: Position) => Position | undefined,
): string | undefined {
  const [kind, channel] = name.split('\n')
  if (kind !== 'bookmark' || channel === undefined || typeof data !== 'string') return undefined
  const saved = parsePlace(String(JSON.parse(data)))
  const place = saved && renewed(channel, saved)
  return place && JSON.stringify(placeOf(place))
}

/** Whose bookmark a request means. @throws ClientError 107 */
export function deviceOf({ searchParams }: URL): string {
  const device = searchParams.get('device') ?? ''
  if (/^[-\w.:]{0,64}$/.test(device)) return device
  throw badRequest('"device" has at most 64 letters, digits, "-", "_", "." and ":"')
}

const nameOf = ({ channel }: Mailbox, device: string | undefined): string =>
  device === undefined ? `bookmark\n${channel}` : `bookmark\n${channel}\n${device}`

/** Another log is always a later one. */
const isFurther = (one: Position, other: Position | undefined): boolean =>
  other === undefined || one.epoch !== other.epoch || one.offset > other.offset

const retentionOf = ({ retention: { metaAge } }: Mailbox) => ({ size: 1, age: metaAge, metaAge })
