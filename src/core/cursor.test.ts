/**
 * Tries to break the promise of `docs/topics/recovery.md`. Each seed is a run
 * of a channel whose engine loses, repeats and reorders, whose store is slow
 * and fails now and then, whose log is trimmed and may begin anew, with readers
 * that come, go and come back.
 */
import { expect, test } from 'bun:test'
import { MemoryStore } from '../stores/memory.ts'
import { Channel } from './channel.ts'
import { type Clock, systemClock } from './clock.ts'
import { Cursor, type Lost, type Reader, type Recovery } from './cursor.ts'
import { Log } from './log.ts'
import type { Position, Publication } from './publication.ts'
import { type Page, type Query, type Retention, type Store, StoreError } from './store.ts'

/** A pseudo-random generator, so that a failing seed can be run again. */
function dice(seed: number): () => number {
  return () => {
    seed = (seed * 1_664_525 + 1_013_904_223) >>> 0
    return seed / 2 ** 32
  }
}

/** Waits are ten times shorter, so that a run of many retries is. */
const hasty: Clock = { ...systemClock, after: (ms, task) => systemClock.after(ms / 10, task) }
const forever: Retention = { size: Infinity, age: Infinity, metaAge: Infinity }

/** A store that takes its time, before and after it reads, and sometimes fails. */
class SlowStore implements Store {
  readonly trouble = undefined
  failing = 0 // how often, 0 to 1
  inner: Store = new MemoryStore()
  readonly #roll: () => number

  constructor(roll: () => number) {
    this.#roll = roll
  }

  append: Store['append'] = (...args) => this.inner.append(...args)

  async read(channel: string, retention: Retention, query: Query): Promise<Page> {
    await this.#pause()
    if (this.#roll() < this.failing) throw new StoreError('out of order for now', true)
    const page = await this.inner.read(channel, retention, query)
    await this.#pause()
    return page
  }

  remove: Store['remove'] = (channel) => this.inner.remove(channel)
  change: Store['change'] = (...args) => this.inner.change(...args)
  stream: Store['stream'] = (channel) => this.inner.stream(channel)

  close(): Promise<void> {
    return this.inner.close()
  }

  #pause(): Promise<void> {
    return Bun.sleep(this.#roll() * 3)
  }
}

/** Somebody who reads, and writes down what it was told. */
class Witness implements Reader {
  readonly seen: Position[] = []
  last: Position
  because: Lost | undefined

  constructor(since: Position) {
    this.last = since
  }

  publication({ epoch, offset }: Publication): void {
    this.seen.push({ epoch, offset })
    this.last = { epoch, offset }
  }

  joined(): void {}
  left(): void {}

  lost(because: Lost): void {
    this.because = because
  }
}

/** Each publication follows the one before; the first one follows `since`. */
function expectSeamless(seen: readonly Position[], since: Position, seed: number): void {
  let last = since
  for (const position of seen) {
    const begins = last.offset === 0 && position.offset === 1
    if (!begins) expect(position.epoch, `seed ${seed}: epoch`).toBe(last.epoch)
    expect(position.offset, `seed ${seed}: after ${last.offset}`).toBe(last.offset + 1)
    last = position
  }
}

class World {
  readonly seed: number
  readonly roll: () => number
  readonly store: SlowStore
  readonly retention: Retention
  readonly log: Log
  readonly channel: Channel
  readonly published: Position[] = []

  constructor(seed: number, retention: Retention = forever) {
    this.seed = seed
    this.roll = dice(seed)
    this.store = new SlowStore(this.roll)
    this.retention = retention
    this.log = new Log(this.store, 'news', retention)
    this.channel = new Channel('news', this.log, hasty)
  }

  async publish(n: number): Promise<void> {
    const { position, time } = await this.store.append('news', { data: String(n) }, this.retention)
    this.published.push(position)
    const publication = { ...position, data: String(n), time, info: undefined, tags: undefined }
    const copies = this.roll() < 0.2 ? 0 : this.roll() < 0.2 ? 2 : 1
    for (let i = 0; i < copies; i++) setTimeout(() => this.channel.receive(publication), this.roll() * 8)
  }

  cursor(reader: Reader, holdLimit = 1e6): Cursor {
    return new Cursor(this.channel, this.log, reader, holdLimit)
  }

  /** Until nothing is under way any more, and a check has found what the engine lost at the end. Gives up when it takes too long. */
  async settle(...witnesses: readonly Witness[]): Promise<void> {
    this.store.failing = 0
    await Bun.sleep(25)
    await this.channel.check(true)
    await Bun.sleep(25)
    const isDone = ({ last, because }: Witness) => because !== undefined || last.offset === this.top.offset
    for (let tries = 0; tries < 100 && !witnesses.every(isDone); tries++) await Bun.sleep(20)
  }

  get top(): Position {
    return this.published.at(-1) ?? { epoch: '', offset: 0 }
  }
}

/** Runs many seeds, some at a time. */
async function eachSeed(seeds: number, run: (seed: number) => Promise<void>): Promise<void> {
  const first = Number(process.env['SEED'] ?? 1)
  for (let seed = first; seed < first + seeds; seed += 100) {
    const some = Array.from({ length: Math.min(100, first + seeds - seed) }, (_, i) => seed + i)
    const outcomes = await Promise.allSettled(some.map(run))
    for (const [i, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected') throw new Error(`seed ${some[i]} failed`, { cause: outcome.reason })
    }
  }
}

test('every reader sees every publication after its position, once and in order', async () => {
  let readers = 0
  await eachSeed(1500, async (seed) => {
    const world = new World(seed)
    world.store.failing = seed % 3 === 0 ? 0.2 : 0
    const witnesses: { since: Position; witness: Witness }[] = []
    for (let i = 1; i <= 60; i++) {
      await world.publish(i)
      if (world.roll() < 0.2) {
        const since = { epoch: world.top.epoch, offset: Math.floor(world.roll() * i) }
        const witness = new Witness(since)
        witnesses.push({ since, witness })
        // A small limit on what is held sends it back to the store again and again.
        world.cursor(witness, seed % 2 === 0 ? 300 : 1e6).resume(since)
      }
      if (world.roll() < 0.3) await Bun.sleep(world.roll() * 2)
    }
    await world.settle(...witnesses.map(({ witness }) => witness))
    for (const { since, witness } of witnesses) {
      expectSeamless(witness.seen, since, seed)
      if (witness.because === undefined) expect(witness.last, `seed ${seed}: the end`).toEqual(world.top)
      else expect(world.seed % 3, `seed ${seed}: lost ${witness.because}`).toBe(0) // only where the store fails
      readers++
    }
  })
  expect(readers).toBeGreaterThan(5000)
}, 60_000)

test('a reader that comes back again and again is told truthfully what it missed', async () => {
  let recovered = 0
  let refused = 0
  await eachSeed(600, async (seed) => {
    const world = new World(seed, seed % 2 === 0 ? forever : { ...forever, size: 12 })
    const witness = new Witness({ epoch: '', offset: 0 })
    let since: Position | undefined
    for (let visit = 0; visit < 6; visit++) {
      const away = Math.floor(world.roll() * 20)
      for (let i = 0; i < away; i++) await world.publish(i)
      if (world.roll() < 0.1) await world.store.remove('news')
      if (world.roll() < 0.1) world.store.inner = new MemoryStore() // a log that begins anew
      const before = witness.seen.length
      const cursor = world.cursor(witness)
      if (since === undefined) await cursor.start()
      else {
        const answer: Recovery = await cursor.recover(since, 15)
        if (answer.recovered) {
          recovered++
          for (const publication of answer.publications) witness.publication(publication)
        } else refused++
        if (!answer.recovered) since = undefined
      }
      since ??= cursor.position
      const from = since
      await Promise.all([world.publish(visit), Bun.sleep(world.roll() * 3)])
      cursor.release()
      for (let i = 0; i < world.roll() * 10; i++) await world.publish(i)
      await Bun.sleep(world.roll() * 10)
      cursor.close()
      expectSeamless(witness.seen.slice(before), from, seed)
      // Lost, or live: in both cases the cursor knows how far its reader is.
      if (cursor.position.offset > 0) since = cursor.position
    }
  })
  expect(recovered).toBeGreaterThan(500)
  expect(refused).toBeGreaterThan(200)
}, 60_000)

const table: readonly [
  name: string,
  kept: number,
  since: number,
  epoch: 'same' | 'other' | 'none',
  expected: object,
][] = [
  ['what was missed is replayed', 10, 3, 'same', { recovered: true, offsets: [4, 5] }],
  ['nothing was missed', 10, 5, 'same', { recovered: true, offsets: [] }],
  ['an empty epoch fits any', 10, 3, 'none', { recovered: true, offsets: [4, 5] }],
  ['what was missed is partly gone', 1, 3, 'same', { recovered: false, because: 'trimmed' }],
  ['all is gone, but nothing was missed', 0, 5, 'same', { recovered: true, offsets: [] }],
  ['all is gone', 0, 4, 'same', { recovered: false, because: 'trimmed' }],
  ['a position that never was', 10, 9, 'same', { recovered: false, because: 'ahead' }],
  ['a position in another log', 10, 3, 'other', { recovered: false, because: 'epoch' }],
  ['more was missed than is replayed at once', 10, 1, 'same', { recovered: false, because: 'too many' }],
]

test.each(table)('recovery: %s', async (_, kept, since, epoch, expected) => {
  const world = new World(1, { ...forever, size: Math.max(kept, 1) })
  for (let i = 1; i <= 5; i++) await world.publish(i)
  if (kept === 0) await world.store.remove('news')
  const epochs = { same: world.top.epoch, other: 'another', none: '' }
  const cursor = world.cursor(new Witness({ epoch: '', offset: 0 }))
  const answer = await cursor.recover({ epoch: epochs[epoch], offset: since }, 3)
  const told = answer.recovered
    ? { recovered: true, offsets: answer.publications.map(({ offset }) => offset) }
    : { recovered: false, because: answer.because }
  expect(told).toEqual(expected as typeof told)
  expect(cursor.position).toEqual(world.top)
})

test('a reader of the last publication gets it, and everything after it once and in order', async () => {
  let handed = 0
  let had = 0
  await eachSeed(300, async (seed) => {
    const world = new World(seed)
    for (let i = 1; i <= 10; i++) await world.publish(i)
    const since = world.published[Math.floor(world.roll() * 10)]
    const witness = new Witness({ epoch: '', offset: 0 })
    const cursor = world.cursor(witness)
    const wanted = world.roll() < 0.5 ? undefined : () => true
    const meanwhile = async () => {
      await Bun.sleep(world.roll() * 6) // before the store is read, or after it
      await world.publish(11)
    }
    const [answer] = await Promise.all([cursor.recoverLast(since, 5, wanted), meanwhile()])
    const from = cursor.position
    await world.publish(12)
    cursor.release()
    await world.publish(13)
    await world.settle(witness)
    if (!answer.recovered) throw new Error(answer.because)
    const offsets = answer.publications.map(({ offset }) => offset)
    if (since?.offset === from.offset) had++
    else handed += offsets.length
    expect(offsets, `seed ${seed}`).toEqual(since?.offset === from.offset ? [] : [from.offset])
    expectSeamless(witness.seen, from, seed)
    expect(witness.last, `seed ${seed}: the end`).toEqual(world.top)
  })
  expect(handed).toBeGreaterThan(200)
  expect(had).toBeGreaterThan(5)
}, 60_000)

test('a lost last publication is found by the position check', async () => {
  const world = new World(1)
  const witness = new Witness({ epoch: '', offset: 0 })
  const cursor = world.cursor(witness)
  await cursor.start()
  cursor.release()
  await world.store.append('news', { data: '1' }, forever) // and the engine never says a word
  await Bun.sleep(10)
  expect(witness.seen).toEqual([])
  await world.channel.check()
  await Bun.sleep(20)
  expect(witness.last.offset).toBe(1)
})

test('a reader of a log that began anew is told, and not handed the new one as if it were the old', async () => {
  const world = new World(1)
  for (let i = 1; i <= 3; i++) await world.store.append('news', { data: String(i) }, forever)
  const witness = new Witness({ epoch: '', offset: 0 })
  const cursor = world.cursor(witness)
  await cursor.start()
  cursor.release()
  world.store.inner = new MemoryStore()
  for (let i = 1; i <= 9; i++) await world.store.append('news', { data: String(i) }, forever)
  await world.channel.check()
  await Bun.sleep(30)
  expect(witness.seen).toEqual([])
  expect(witness.because).toBe('epoch')
  expect(cursor.closed).toBe(true)
})

test('a reader for whom the store has no answer is told so, and no gap is passed over', async () => {
  const world = new World(1)
  const witness = new Witness({ epoch: '', offset: 0 })
  world.store.failing = 1
  world.cursor(witness).resume({ epoch: '', offset: 0 })
  await Bun.sleep(20)
  expect(witness.because).toBe('unavailable')
  expect(witness.seen).toEqual([])
})

test('while it catches up a reader holds no more than its limit, and still gets everything', async () => {
  const world = new World(7)
  for (let i = 1; i <= 50; i++) await world.store.append('news', { data: '"a"'.repeat(100) }, forever)
  const witness = new Witness({ epoch: '', offset: 0 })
  const cursor = world.cursor(witness, 1000)
  await cursor.start()
  const before = process.memoryUsage().heapUsed
  for (let i = 1; i <= 500; i++) await world.publish(i) // while the answer is on its way
  await Bun.sleep(20)
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(50e6)
  cursor.release()
  await world.settle(witness)
  expectSeamless(witness.seen, { epoch: world.top.epoch, offset: 50 }, 7)
  expect(witness.last).toEqual(world.top)
})

test('a slow reader is fed at its own pace', async () => {
  const world = new World(1)
  for (let i = 1; i <= 350; i++) await world.store.append('news', { data: '1' }, forever)
  let pages = 0
  const witness = new (class extends Witness {
    async ready(): Promise<void> {
      pages++
      await Bun.sleep(5)
    }
  })({ epoch: '', offset: 0 })
  world.cursor(witness).resume({ epoch: '', offset: 0 })
  for (let turn = 0; witness.last.offset < 350 && turn < 1000; turn++) await Bun.sleep(5)
  expect(witness.last.offset).toBe(350)
  expect(pages).toBeGreaterThanOrEqual(4)
})

test('a closed cursor says nothing more', async () => {
  const world = new World(1)
  const witness = new Witness({ epoch: '', offset: 0 })
  const cursor = world.cursor(witness)
  await cursor.start()
  cursor.release()
  cursor.close()
  await world.publish(1)
  await world.settle()
  expect(witness.seen).toEqual([])
  expect(world.channel.size).toBe(0)
})

test('a publication that comes while the reader still reads is not lost, even if it is the last one', async () => {
  const world = new World(1)
  const witness = new Witness({ epoch: '', offset: 0 })
  const { position } = await world.store.append('news', { data: '1' }, forever)
  const other = world.cursor(new Witness({ epoch: '', offset: 0 })) // keeps the channel going
  await other.start()
  other.release()
  const read = world.log.read.bind(world.log)
  let page: Page | undefined
  world.log.read = async (query) => {
    page = await read(query)
    const late = await world.store.append('news', { data: '2' }, forever) // after the read, before its answer
    world.channel.receive({ ...late.position, data: '2', time: 0, info: undefined, tags: undefined })
    return page
  }
  const cursor = world.cursor(witness)
  await cursor.start()
  world.log.read = read
  expect(page?.top).toEqual(position)
  cursor.release()
  for (let tries = 0; tries < 50 && witness.last.offset < 2; tries++) await Bun.sleep(5)
  expect(witness.last.offset).toBe(2)
})

test('who just follows a channel is handed each publication once and in order, too', async () => {
  await eachSeed(200, async (seed) => {
    const world = new World(seed)
    const seen: number[] = []
    world.channel.begin({ epoch: (await world.log.read({ limit: 0 })).top.epoch, offset: 0 })
    world.channel.follow({ deliver: ({ offset }) => void seen.push(offset), joined() {}, left() {} })
    for (let i = 1; i <= 40; i++) {
      await world.publish(i)
      if (world.roll() < 0.3) await Bun.sleep(world.roll() * 2)
    }
    await world.settle()
    for (let tries = 0; tries < 50 && seen.length < 40; tries++) await Bun.sleep(10)
    expect(seen, `seed ${seed}`).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
  })
}, 30_000)

test('what was missed is replayed at once only up to a size, and read on in pages that have one', async () => {
  const sizes: number[] = []
  const store = new MemoryStore()
  const read = store.read.bind(store)
  store.read = async (...args) => {
    const page = await read(...args)
    sizes.push(page.publications.reduce((sum, { data }) => sum + data.length, 0))
    return page
  }
  const big = new Uint8Array(400_000)
  for (let n = 0; n < 8; n++) await store.append('c', { data: big }, forever)
  const log = new Log(store, 'c', forever)
  const { epoch } = (await log.read({ limit: 0 })).top
  const recovered = async (maxBytes: number) => {
    const reader = new Witness({ epoch, offset: 5 })
    const cursor = new Cursor(new Channel('c', log, hasty), log, reader, 1000)
    const recovery = await cursor.recover(reader.last, 100, maxBytes)
    expect(cursor.position).toEqual({ epoch, offset: 8 })
    cursor.close()
    return recovery.recovered ? recovery.publications.map(({ offset }) => offset) : recovery.because
  }
  expect(await recovered(3 * big.length)).toEqual([6, 7, 8])
  expect(await recovered(3 * big.length - 1)).toBe('too many')

  sizes.length = 0
  const reader = new Witness({ epoch, offset: 0 })
  const cursor = new Cursor(new Channel('c', log, hasty), log, reader, 1000)
  cursor.resume(reader.last)
  while (reader.last.offset < 8) await Bun.sleep(1)
  expect(reader.seen.map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(Math.max(...sizes)).toBe(2 * big.length)
  cursor.close()
})
