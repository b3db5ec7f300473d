/**
 * The way in: first the question for a name, then the lobby; the same question
 * again where the server refuses the name, and whenever somebody wants another.
 *
 *   asking ──enter(name)──▶ inside ──rename()──▶ asking
 *                             └──the server refuses──▶ asking
 */
import type { Clock } from './clock.ts'
import type { Identity } from './identity.ts'
import { Lobby } from './lobby.ts'
import { Observable } from './observable.ts'
import type { Storage } from './storage.ts'

export type Place =
  | { readonly at: 'door'; readonly name: string; readonly refused: boolean }
  | { readonly at: 'lobby'; readonly name: string; readonly lobby: Lobby }

export class Door extends Observable {
  readonly #identity: Identity
  readonly #storage: Storage | undefined
  readonly #clock: Clock
  readonly #url: string
  #place: Place

  constructor(url: string, identity: Identity, storage: Storage | undefined, clock: Clock) {
    super()
    this.#url = url
    this.#identity = identity
    this.#storage = storage
    this.#clock = clock
    this.#place = { at: 'door', name: identity.name, refused: false }
    if (identity.name !== '') this.enter(identity.name)
  }

  get place(): Place {
    return this.#place
  }

  enter(name: string): void {
    this.#identity.name = name
    const lobby = new Lobby(this.#url, { name, secret: this.#identity.secret }, this.#storage, this.#clock)
    lobby.subscribe(() => lobby.state === 'refused' && this.#ask(true))
    lobby.connect()
    this.#move({ at: 'lobby', name, lobby })
  }

  rename(): void {
    if (this.#place.at === 'lobby') this.#place.lobby.close()
    this.#ask(false)
  }

  #ask(refused: boolean): void {
    this.#move({ at: 'door', name: this.#place.name, refused })
  }

  #move(place: Place): void {
    this.#place = place
    this.changed()
  }
}
