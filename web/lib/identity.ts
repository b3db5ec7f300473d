/**
 * Who this browser is: a nickname, and a secret that makes its guest the same
 * one after a reload. The server derives the public user id from the secret.
 */
import { read, write, type Storage } from './storage.ts'
import { isUuid, uuid } from './uuid.ts'

export class Identity {
  readonly secret: string
  readonly #storage: Storage | undefined
  #name: string

  constructor(storage: Storage | undefined) {
    this.#storage = storage
    const kept = read(storage, 'posthouse.guest')
    this.secret = kept !== null && isUuid(kept) ? kept : uuid(Date.now())
    write(storage, 'posthouse.guest', this.secret)
    this.#name = read(storage, 'posthouse.name') ?? ''
  }

  /** Empty until one was chosen. */
  get name(): string {
    return this.#name
  }

  set name(name: string) {
    this.#name = name
    write(this.#storage, 'posthouse.name', name)
  }
}
