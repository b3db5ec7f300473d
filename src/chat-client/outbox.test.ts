import { expect, test } from 'bun:test'
import { CallError, unanswered } from './errors.ts'
import type { Link, LinkState } from './link.ts'
import { Watched } from './observable.ts'
import { Outbox, type OutboxStorage, type Pending } from './outbox.ts'

/** A server that answers as it is told to, and keeps what it was sent, each clientId once. */
class Server implements Link {
  readonly state = new Watched<LinkState>('connected')
  readonly stored: string[] = []
  readonly #known = new Set<string>()
  #plans: ('lose the answer' | 'lose the call' | CallError)[] = []

  next(...plans: readonly ('lose the answer' | 'lose the call' | CallError)[]) {
    this.#plans.push(...plans)
  }

  async call(_method: string, input: unknown): Promise<unknown> {
    const { clientId, text } = input as { clientId: string; text: string }
    await new Promise((resolve) => setImmediate(resolve))
    const plan = this.#plans.shift()
    if (plan instanceof CallError) throw plan
    if (plan === 'lose the call') throw unanswered()
    if (!this.#known.has(clientId)) this.stored.push(text)
    this.#known.add(clientId)
    if (plan === 'lose the answer') throw unanswered()
    return { offset: this.stored.length }
  }

  follow = () => () => {}
  inbox = () => () => {}
  connected = () => () => {}
  close() {}
}

class Drawer implements OutboxStorage {
  readonly kept = new Map<string, Pending>()
  load = async () => [...this.kept.values()]
  save = async (pending: Pending) => void this.kept.set(pending.clientId, pending)
  remove = async (clientId: string) => void this.kept.delete(clientId)
}

function make(server: Server, storage = new Drawer()) {
  let ids = 0
  const clock = { now: () => ids, after: (_delay: number, call: () => void) => (setImmediate(call), () => {}) }
  const options = { link: server, storage, clock, random: () => 0, newId: () => `id-${++ids}`, report: fail }
  return { outbox: new Outbox(options), storage }
}

const fail = (error: unknown) => {
  throw error
}

async function settled(outbox: Outbox, isDone: (pending: readonly Pending[]) => boolean) {
  while (!isDone(outbox.pending.value)) await new Promise((resolve) => setImmediate(resolve))
}

const allSent = (pending: readonly Pending[]) => pending.every(({ state }) => state === 'sent')

test('a thousand messages written in a row arrive in order, once, whatever answers are lost', async () => {
  const server = new Server()
  const { outbox, storage } = make(server)
  server.next('lose the call', 'lose the answer', 'lose the answer', 'lose the call')
  for (let each = 0; each < 1000; each++) outbox.send('tea', { text: String(each) })
  await settled(outbox, allSent)
  expect(server.stored).toEqual(Array.from({ length: 1000 }, (_, each) => String(each)))
  expect(storage.kept.size).toBe(0)
})

test('what is written without a connection is sent when there is one', async () => {
  const server = new Server()
  const { outbox } = make(server)
  server.state.value = 'offline'
  outbox.send('tea', { text: 'hello' })
  expect(outbox.pending.value).toMatchObject([{ state: 'waiting', text: 'hello' }])
  server.state.value = 'connected'
  await settled(outbox, allSent)
  expect(server.stored).toEqual(['hello'])
})

test('what the server refuses has failed, and goes again when one says so, or never', async () => {
  const server = new Server()
  const { outbox } = make(server)
  server.next(new CallError(422, 'You are muted'), new CallError(422, 'You are muted'))
  const [one, other] = [outbox.send('tea', { text: 'one' }), outbox.send('tea', { text: 'other' })]
  await settled(outbox, (pending) => pending.every(({ state }) => state === 'failed'))
  expect(outbox.pending.value[0]?.error).toEqual({ code: 422, message: 'You are muted' })
  outbox.discard(other.clientId)
  outbox.retry(one.clientId)
  await settled(outbox, allSent)
  expect(server.stored).toEqual(['one'])
  expect(outbox.pending.value).toMatchObject([{ clientId: one.clientId, state: 'sent', offset: 1 }])
})

test('a reload in the middle loses nothing and sends nothing twice', async () => {
  const server = new Server()
  const { outbox, storage } = make(server)
  server.next('lose the answer')
  outbox.send('tea', { text: 'one' })
  outbox.send('tea', { text: 'two' })
  while (server.stored.length === 0) await new Promise((resolve) => setImmediate(resolve))
  outbox.close()
  const again = make(server, storage)
  await again.outbox.restore()
  await settled(again.outbox, allSent)
  expect(server.stored).toEqual(['one', 'two'])
})
