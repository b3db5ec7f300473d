/**
 * What is shown where there is no server: who one is, the rooms, and the last
 * page of those that were looked at last. Nothing of it is left after a logout.
 */
import type { PersonView, RoomSnapshot, RoomView } from '../../src/chat-client/index.ts'
import { sharedCache } from './shared-in.ts'
import { browserStorage, read, write } from '../lib/storage.ts'

const whoKey = 'posthouse.me'
const store = 'kept'
const roomsKey = 'rooms'
const pageLimit = 20 // rooms

/** Who was here last, and did not log out. */
export function keptPerson(): PersonView | undefined {
  try {
    const person: unknown = JSON.parse(read(browserStorage(), whoKey) ?? 'null')
    return typeof person === 'object' && person !== null && 'id' in person ? (person as PersonView) : undefined
  } catch {
    return undefined
  }
}

export function keepPerson(person: PersonView): void {
  write(browserStorage(), whoKey, JSON.stringify(person))
}

/** Nothing of a person is left in this browser. */
export function forgetPerson(): void {
  const person = keptPerson()
  if ('caches' in globalThis) void caches.delete(sharedCache)
  write(browserStorage(), whoKey, null)
  if (person === undefined || !('indexedDB' in globalThis)) return
  for (const name of [databaseOf(person.id), `posthouse ${person.id}`]) indexedDB.deleteDatabase(name)
}

const databaseOf = (person: string): string => `posthouse ${person} kept`

/** Another version may have written what is kept: what does not look like ours is as if it were not there. */
export class Kept {
  readonly #database: Promise<IDBDatabase>
  #isClosed = false

  constructor(person: string) {
    this.#database = open(databaseOf(person), () => this.close())
    this.#database.catch(() => undefined) // each use finds out for itself
  }

  async rooms(): Promise<readonly RoomView[]> {
    const kept = await this.#get(roomsKey)
    return Array.isArray(kept) ? (kept as RoomView[]) : []
  }

  keepRooms(rooms: Iterable<RoomView>): Promise<void> {
    return this.#put(roomsKey, [...rooms])
  }

  async page(room: string): Promise<RoomSnapshot | undefined> {
    const kept = await this.#get(`room ${room}`)
    return typeof kept === 'object' && kept !== null && 'page' in kept ? (kept.page as RoomSnapshot) : undefined
  }

  async keepPage(room: string, page: RoomSnapshot): Promise<void> {
    await this.#put(`room ${room}`, { time: Date.now(), page })
    await this.#forgetOld()
  }

  async forgetPage(room: string): Promise<void> {
    await this.#do('readwrite', (kept) => kept.delete(`room ${room}`))
  }

  close(): void {
    this.#isClosed = true
    this.#database.then(
      (database) => database.close(),
      () => undefined,
    )
  }

  async #forgetOld(): Promise<void> {
    const entries = await this.#do('readonly', (kept) => kept.getAllKeys())
    const pages = entries.filter((key) => typeof key === 'string').filter((key) => key.startsWith('room '))
    if (pages.length <= pageLimit) return
    const times = await Promise.all(pages.map(async (key) => ({ key, time: timeOf(await this.#get(key)) })))
    for (const { key } of times.toSorted((one, other) => other.time - one.time).slice(pageLimit))
      await this.#do('readwrite', (kept) => kept.delete(key))
  }

  #get(key: string): Promise<unknown> {
    return this.#do<unknown>('readonly', (kept) => kept.get(key))
  }

  async #put(key: string, value: unknown): Promise<void> {
    await this.#do('readwrite', (kept) => kept.put(value, key))
  }

  async #do<T>(mode: IDBTransactionMode, ask: (kept: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const database = await this.#database
    if (this.#isClosed) throw new Error('what was kept is closed')
    const request = ask(database.transaction(store, mode).objectStore(store))
    return new Promise((resolve, reject) => {
      request.addEventListener('success', () => resolve(request.result))
      request.addEventListener('error', () => reject(request.error ?? new Error('the browser could not keep it')))
    })
  }
}

function timeOf(kept: unknown): number {
  return typeof kept === 'object' && kept !== null && 'time' in kept ? Number(kept.time) : 0
}

/** Another tab that logs out deletes it: whoever has it open lets go. */
function open(name: string, letGo: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore(store))
    request.addEventListener('success', () => {
      request.result.addEventListener('versionchange', letGo)
      resolve(request.result)
    })
    request.addEventListener('error', () => reject(request.error ?? new Error('the browser has no database')))
  })
}
