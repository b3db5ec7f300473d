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
  let waiting = new Map<string, Pending | undefined>() // undefined: it goes
  let writing: Promise<void> | undefined

  /** What changes in one go is one transaction: a thousand lines are kept as fast as one. The last word on each counts. */
  const change = (clientId: string, pending: Pending | undefined): Promise<void> => {
    waiting.set(clientId, pending)
    return (writing ??= Promise.resolve(opened).then((database) => {
      const changes = waiting
      waiting = new Map()
      writing = undefined
      return write(database, changes)
    }))
  }
  return {
    async load() {
      const database = await opened
      return done<Pending[]>(database.transaction(store).objectStore(store).getAll())
    },
    save: (pending) => change(pending.clientId, pending),
    remove: (clientId) => change(clientId, undefined),
  }
}

function write(database: IDBDatabase, changes: ReadonlyMap<string, Pending | undefined>): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, 'readwrite')
    const kept = transaction.objectStore(store)
    for (const [clientId, pending] of changes) {
      if (pending === undefined) kept.delete(clientId)
      else kept.put(pending)
    }
    transaction.addEventListener('complete', () => resolve())
    transaction.addEventListener('abort', () =>
      reject(transaction.error ?? new Error('the browser could not keep what is on its way')),
    )
    transaction.commit()
  })
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
