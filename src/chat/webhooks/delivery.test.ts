import { expect, test } from 'bun:test'
import { Dice } from '../../../test/dice.ts'
import type { Outcome, WebhookEvent } from './attempt.ts'
import { Delivery, type DeliveryTools, type Progress, type Webhook } from './delivery.ts'

const endpoint = { url: 'https://receiver.test/', secrets: ['whsec_AAAA'] } as const
const delivered: Outcome = { delivered: true, took: 1 }
const refused = (more: object = {}): Outcome => ({ delivered: false, took: 1, because: 'busy', gone: false, ...more })
const event = (offset: number): WebhookEvent => ({ room: 'r', offset, type: 'message', time: 0, data: '{}' })

/** A room with publications, a disk, and a clock that jumps to whatever is waited for. */
class World {
  now = 1_000_000
  length = 0
  progress: Progress = { position: 0 }
  switchedOff: string | undefined
  readonly waits: number[] = []
  readonly reports: unknown[] = []
  /** Whether the process has died that this was handed to: nothing it does has any effect any more. */
  crashed = false
  answer: (offset: number, id: string) => Outcome | Promise<Outcome> = () => delivered
  beforeSave: () => void | Promise<void> = () => undefined

  start(): Delivery {
    const delivery = new Delivery({ id: 'w1', ...endpoint, progress: this.progress } satisfies Webhook, this.#tools())
    delivery.wake()
    return delivery
  }

  #tools(): DeliveryTools {
    return {
      log: {
        read: (_, after) =>
          Promise.resolve([after + 1, after + 2, after + 3].filter((each) => each <= this.length).map(event)),
        save: async (_, progress) => {
          await this.beforeSave()
          this.progress = progress
        },
        switchOff: async (_, because, progress) => {
          this.progress = progress
          this.switchedOff = because
        },
      },
      attempt: async (_, id, { offset }) => this.answer(offset, id),
      clock: {
        now: () => this.now,
        after: (ms, task) => {
          this.waits.push(ms)
          const timer = setImmediate(() => {
            this.now += ms
            task()
          })
          return () => clearImmediate(timer)
        },
      },
      random: () => 1,
      report: (error) => void this.reports.push(error),
    }
  }
}

async function until(fulfilled: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000; turn++) {
    if (fulfilled()) return
    await new Promise((resolve) => void setImmediate(resolve))
  }
  throw new Error('it never came to that')
}

test('publications are delivered one by one, in order, under ids that stay', async () => {
  const world = new World()
  world.length = 7
  const ids: string[] = []
  let underway = 0
  world.answer = async (_, id) => {
    expect(++underway).toBe(1)
    await new Promise((resolve) => void setImmediate(resolve))
    underway--
    ids.push(id)
    return delivered
  }
  const delivery = world.start()
  await until(() => world.progress.position === 7)
  world.length = 8
  delivery.wake()
  await until(() => world.progress.position === 8)
  expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((offset) => `msg_w1_${offset}`))
  expect(ids.join('')).not.toContain('.')
})

test('what fails is tried again, later each time, and then goes on', async () => {
  const world = new World()
  world.length = 2
  const tried: number[] = []
  world.answer = (offset) => (tried.push(offset) <= 4 ? refused() : delivered)
  world.start()
  await until(() => world.progress.position === 2)
  expect(tried).toEqual([1, 1, 1, 1, 1, 2])
  expect(world.waits).toEqual([1000, 2000, 4000, 8000])
  expect(world.progress).toEqual({ position: 2 })
})

test('a failure is on record while it lasts, and a restart neither hurries nor forgets it', async () => {
  const world = new World()
  world.length = 1
  world.answer = () => (world.waits.length === 4 ? new Promise(() => undefined) : refused())
  world.start()
  await until(() => world.waits.length === 4)
  const { failing } = world.progress
  expect(failing).toMatchObject({ since: 1_000_000, attempts: 4, because: 'busy' })
  const after = new World()
  Object.assign(after, { length: 1, progress: world.progress, now: (failing?.retryAt ?? 0) - 6000 })
  after.answer = () => (after.waits.length < 2 ? refused() : delivered)
  after.start()
  await until(() => after.progress.position === 1)
  expect(after.waits).toEqual([6000, 16_000])
})

test('a clock that went back makes nobody wait for longer than a day', async () => {
  const world = new World()
  Object.assign(world, {
    length: 1,
    progress: { position: 0, failing: { since: 0, attempts: 3, because: 'x', retryAt: 1e12 } },
  })
  world.start()
  await until(() => world.progress.position === 1)
  expect(world.waits).toEqual([86_400_000])
})

test('a receiver that says when to come back is asked then', async () => {
  const world = new World()
  world.length = 1
  world.answer = () => (world.waits.length === 0 ? refused({ retryAfter: 90_000 }) : delivered)
  world.start()
  await until(() => world.progress.position === 1)
  expect(world.waits).toEqual([90_000])
})

test('a receiver that is gone switches the webhook off, and keeps its place', async () => {
  const world = new World()
  Object.assign(world, { length: 9, progress: { position: 4 } })
  world.answer = (offset) => (offset < 6 ? delivered : refused({ gone: true, because: 'gone' }))
  const delivery = world.start()
  await until(() => world.switchedOff !== undefined)
  expect([world.switchedOff, world.progress.position]).toEqual(['gone', 5])
  delivery.wake()
  await delivery.stop()
  expect(world.waits).toEqual([])
})

test('after three days without a success it is switched off, with the reason', async () => {
  const world = new World()
  world.length = 1
  world.answer = () => refused()
  world.start()
  await until(() => world.switchedOff !== undefined)
  expect(world.switchedOff).toBe('no delivery for three days; the last attempt: busy')
  expect(world.now - 1_000_000).toBeWithin(3 * 86_400_000, 3 * 86_400_000 + 3_600_001)
  expect(world.progress.failing?.attempts).toBeLessThan(100)
})

test('one success between makes it three days anew', async () => {
  const world = new World()
  world.length = 3
  const day = 86_400_000
  world.answer = (offset) => (world.now < 1_000_000 + offset * 2 * day ? refused() : delivered)
  world.start()
  await until(() => world.progress.position === 3)
  expect(world.switchedOff).toBeUndefined()
})

test('who does not want to wait gets an attempt at once, at the new address', async () => {
  const world = new World()
  world.length = 1
  const delivery = new Delivery(
    { id: 'w1', ...endpoint, progress: { position: 0 } },
    {
      log: {
        read: (_, after) => Promise.resolve(after === 0 ? [event(1)] : []),
        save: async (_, progress) => void (world.progress = progress),
        switchOff: () => Promise.reject(new Error('not expected')),
      },
      attempt: ({ url }) => Promise.resolve(url === endpoint.url ? refused() : delivered),
      clock: { now: () => 0, after: (ms) => (world.waits.push(ms), () => undefined) }, // never
      random: () => 1,
      report: (error) => void world.reports.push(error),
    },
  )
  delivery.wake()
  await until(() => world.waits.length === 1)
  delivery.retry()
  await until(() => world.waits.length === 2)
  delivery.redirect({ ...endpoint, url: 'https://new.test/' })
  await until(() => world.progress.position === 1)
  expect(world.reports).toEqual([])
})

test('stopping while it waits, or while it delivers, ends it', async () => {
  const world = new World()
  world.length = 5
  world.answer = () => refused()
  const delivery = world.start()
  await until(() => world.waits.length > 2)
  await delivery.stop()
  const waits = world.waits.length
  delivery.wake()
  await Bun.sleep(5)
  expect([world.waits.length, world.progress.position]).toEqual([waits, 0])
})

/**
 * Receivers that fail before and after they have taken something, a disk that
 * fails, a process that dies anywhere, publications that come at any time. What a receiver
 * gets is the log, in order; only the last one may come again.
 */
test('whatever fails, the receiver gets all in order, and nothing again but the last', async () => {
  for (let seed = 1; seed <= 400; seed++) {
    const dice = new Dice(seed)
    const got: number[] = []
    const all = 5 + dice.roll(20)
    let life = live(new World())
    for (let turn = 0; life.progress.position < all; turn++) {
      if (turn > 20_000) throw new Error(`seed ${seed}: it came to ${life.progress.position} of ${all} only`)
      if (life.length < all && dice.roll(3) === 0) {
        life.length++
        life.delivery.wake()
      }
      if (dice.roll(12) === 0) life = live(life)
      await new Promise((resolve) => void setImmediate(resolve))
    }
    life.crashed = true
    await life.delivery.stop()
    const wrong = got.findIndex((offset, at) => offset !== (got[at - 1] ?? 0) + 1 && offset !== got[at - 1])
    expect([seed, wrong, got.at(-1), life.reports.filter((error) => error !== full)]).toEqual([seed, -1, all, []])

    /** The next life of the process, from what is on the disk. The one before does nothing any more. */
    function live(before: World) {
      before.crashed = true
      const world = new World()
      Object.assign(world, { length: before.length, progress: before.progress, now: before.now })
      world.beforeSave = () => {
        if (world.crashed) return never
        if (dice.roll(6) === 0) throw full
        return undefined
      }
      world.answer = async (offset) => {
        const [late, taken, told] = [dice.roll(3) === 0, dice.roll(3) > 0, dice.roll(4) > 0]
        if (late) await new Promise((resolve) => void setImmediate(resolve))
        if (world.crashed) return never
        if (taken) got.push(offset)
        return taken && told ? delivered : refused()
      }
      return Object.assign(world, { delivery: world.start() })
    }
  }
})

const full = new Error('the disk is full')
const never = new Promise<never>(() => undefined)
