/**
 * What is on its way out, in the browser's database: it survives a reload, a
 * crash, and being offline. Where a browser has no database, it lasts as long
 * as the page.
 */
import type { OutboxStorage, Pending } from '../../src/chat-client/index.ts'

const store = 'outbox'

export function openOutboxStore(person: string): OutboxStorage {
  const opened = open(`posthouse ${person}`)
  opened.catch(() => undefined) // each use finds out for itself
  return {
    async load() {
      const database = await opened
      return done<Pending[]>(database.transaction(store).objectStore(store).getAll())
    },
    async save(pending) {
      const database = await opened
      await done(database.transaction(store, 'readwrite').objectStore(store).put(pending))
    },
    async remove(clientId) {
      const database = await opened
      await done(database.transaction(store, 'readwrite').objectStore(store).delete(clientId))
    },
  }
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore(store, { keyPath: 'clientId' }))
    request.addEventListener('success', () => {
      request.result.addEventListener('versionchange', () => request.result.close()) // whoever logs out deletes it
      resolve(request.result)
    })
    request.addEventListener('error', () => reject(request.error ?? new Error('the browser has no database')))
  })
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('the browser could not keep it')))
  })
}
