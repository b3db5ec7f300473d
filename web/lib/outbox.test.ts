import { expect, test } from 'bun:test'
import { Outbox, outboxLimit, type Outcome } from './outbox.ts'
import type { Storage } from './storage.ts'
import { TestClock } from './test-clock.ts'

/** What a browser keeps over reloads. */
class Kept implements Storage {
  readonly items = new Map<string, string>()
  get length(): number {
    return this.items.size
  }
  key(index: number): string | null {
    return [...this.items.keys()][index] ?? null
  }
  getItem(key: string): string | null {
    return this.items.get(key) ?? null
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value)
  }
  removeItem(key: string): void {
    this.items.delete(key)
  }
}

/** A server that makes one publication of one id, and answers as it is told. */
function start({
  storage = new Kept(),
  answers = [],
}: { storage?: Storage; answers?: ('later' | 'never' | 'lost')[] } = {}) {
  const clock = new TestClock()
  const log: { id: string; text: string }[] = []
  const send = async (id: string, text: string): Promise<Outcome> => {
    const answer = answers.shift()
    if (answer === 'later' || answer === 'never') return answer
    const known = log.findIndex((entry) => entry.id === id)
    const offset = known < 0 ? log.push({ id, text }) : known + 1
    return answer === 'lost' ? 'later' : { sent: offset } // lost: it arrived, and the sender does not know
  }
  const outbox = new Outbox(storage, clock, send)
  const texts = (): string[] => log.map(({ text }) => text)
  const states = (): string[] => outbox.pending.map(({ text, state }) => `${text} ${state}`)
  return { clock, storage, outbox, log, texts, states }
}

test('what is written offline waits, and goes out in order on return', async () => {
  const { clock, outbox, texts, states } = start()
  for (const text of ['one', 'two', 'three']) outbox.add(text)
  await clock.pass(60_000)
  expect([texts(), states()]).toEqual([[], ['one waiting', 'two waiting', 'three waiting']])
  outbox.open()
  await clock.pass(0)
  expect([texts(), states()]).toEqual([
    ['one', 'two', 'three'],
    ['one sent', 'two sent', 'three sent'],
  ])
})

test('what waits is still there after a reload, and is sent once', async () => {
  const { storage, outbox } = start()
  outbox.add('one')
  outbox.add('two')
  const reloaded = start({ storage })
  expect(reloaded.states()).toEqual(['one waiting', 'two waiting'])
  reloaded.outbox.open()
  await reloaded.clock.pass(0)
  expect(reloaded.texts()).toEqual(['one', 'two'])
  expect(start({ storage }).states()).toEqual([])
})

test('an answer that was lost makes no second message', async () => {
  const { clock, outbox, texts, states } = start({ answers: ['lost', 'lost'] })
  outbox.open()
  outbox.add('one')
  await clock.pass(10_000)
  expect([texts(), states()]).toEqual([['one'], ['one sent']])
})

test('the server is asked again with growing patience, and at once after a reconnect', async () => {
  const { clock, outbox, states, texts } = start({ answers: ['later', 'later', 'later'] })
  outbox.open()
  outbox.add('one')
  await clock.pass(2999) // tries at 0, 1 and 3 seconds
  expect(states()).toEqual(['one waiting'])
  outbox.close()
  outbox.open()
  await clock.pass(1)
  expect(texts()).toEqual([])
  outbox.close()
  outbox.open()
  await clock.pass(0)
  expect(texts()).toEqual(['one'])
})

test('a refused message stays with its writer and holds up no other', async () => {
  const { clock, outbox, texts, states } = start({ answers: ['never'] })
  outbox.open()
  outbox.add('one')
  outbox.add('two')
  await clock.pass(0)
  expect([texts(), states()]).toEqual([['two'], ['one failed', 'two sent']])
  outbox.retry(outbox.pending[0]?.id ?? '')
  await clock.pass(0)
  expect(texts()).toEqual(['two', 'one'])
})

test('a discarded message is never sent', async () => {
  const { clock, storage, outbox, texts } = start()
  outbox.add('one')
  outbox.discard(outbox.pending[0]?.id ?? '')
  outbox.open()
  await clock.pass(0)
  expect(texts()).toEqual([])
  expect(start({ storage }).states()).toEqual([])
})

test('what is seen in the log is on its way no more, answered or not', async () => {
  const { clock, outbox, log, states } = start({ answers: ['lost'] })
  outbox.open()
  outbox.add('one')
  await clock.pass(0)
  outbox.settle(({ id }) => log.some((entry) => entry.id === id))
  await clock.pass(10_000)
  expect(states()).toEqual([])
  expect(log).toHaveLength(1)
})

test('two tabs do not overwrite what the other keeps', () => {
  const storage = new Kept()
  const [one, two] = [start({ storage }), start({ storage })]
  one.outbox.add('one')
  two.outbox.add('two')
  expect(start({ storage }).states().toSorted()).toEqual(['one waiting', 'two waiting'])
})

test('a browser that keeps nothing still sends', async () => {
  const broken: Storage = {
    length: 0,
    key: () => null,
    getItem: () => null,
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError')
    },
    removeItem: () => undefined,
  }
  const { clock, outbox, texts } = start({ storage: broken })
  outbox.open()
  outbox.add('one')
  await clock.pass(0)
  expect(texts()).toEqual(['one'])
})

test('what somebody else wrote into the storage is not sent', () => {
  const storage = new Kept()
  for (const [key, value] of [
    ['posthouse.outbox.a', 'not json'],
    ['posthouse.outbox.b', 'null'],
    ['posthouse.outbox.c', '{"text":7,"time":7}'],
    ['other', '{"text":"hi","time":7}'],
  ] as const)
    storage.setItem(key, value)
  expect(start({ storage }).states()).toEqual([])
})

test('a full outbox takes nothing more, and loses nothing', () => {
  const { outbox } = start()
  for (let count = 0; count < outboxLimit; count++) expect(outbox.add('text')).toBe(true)
  expect(outbox.add('one too many')).toBe(false)
  expect(outbox.pending).toHaveLength(outboxLimit)
})
