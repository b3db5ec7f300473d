/**
 * Those who are about to read a channel: they were allowed to, or are being
 * asked about, and are not among its readers yet. In between lie questions to
 * the application and to the store, and whoever is sent away meanwhile would not
 * be found, and come in by what was true before. So an attempt is noted from
 * before the question until its reader can be found, and ends with an
 * unsubscribe or a disconnect; whoever made it may try again, and is asked
 * about anew.
 *
 *   begin ──question──▶ allowed ──▶ a reader, found by others ──▶ dispose
 *     └──────────── end ─────▶ isOver: not let in
 */
import type { Which } from './node.ts'

export interface Attempting {
  readonly user: string
  readonly id: string // of the client that it is, or will be
  readonly session: string
}

export class Attempt implements Disposable {
  readonly channel: string
  readonly client: Attempting
  isOver = false
  readonly #all: Set<Attempt>

  /** By `Attempts`. */
  constructor(client: Attempting, channel: string, all: Set<Attempt>) {
    this.client = client
    this.channel = channel
    this.#all = all
    all.add(this)
  }

  [Symbol.dispose](): void {
    this.#all.delete(this)
  }
}

export class Attempts {
  readonly #all = new Set<Attempt>()

  begin(client: Attempting, channel: string): Attempt {
    return new Attempt(client, channel, this.#all)
  }

  /** Those of a user; in one channel, if it is named. */
  end(user: string, channel: string | undefined, which: Which = {}): void {
    for (const attempt of this.#all)
      if (
        attempt.client.user === user &&
        (channel ?? attempt.channel) === attempt.channel &&
        isMeant(attempt.client, which)
      )
        attempt.isOver = true
  }
}

/** Whether this connection of a user is one of those that are meant. */
export function isMeant({ id, session }: Attempting, { client, session: wanted, except }: Which): boolean {
  return (
    (client === undefined || id === client) &&
    (wanted === undefined || session === wanted) &&
    except?.includes(id) !== true
  )
}
