import { expect, test } from 'bun:test'
import type { Clock } from './clock.ts'
import { type Sleeper, Wheel } from './wheel.ts'

/** Time that stands still until it is moved. */
class HandClock implements Clock {
  #time = 1_000_000
  #tasks: { at: number; task: () => void }[] = []

  now(): number {
    return this.#time
  }

  monotonic(): number {
    return this.#time
  }

  after(ms: number, task: () => void): () => void {
    const entry = { at: this.#time + ms, task }
    this.#tasks.push(entry)
    return () => void (this.#tasks = this.#tasks.filter((each) => each !== entry))
  }

  get timers(): number {
    return this.#tasks.length
  }

  /** Moves on step by step, or (frozen) all at once. */
  pass(ms: number, step = 10): void {
    for (const end = this.#time + ms; this.#time < end;) {
      this.#time = Math.min(end, this.#time + step)
      const due = this.#tasks.filter(({ at }) => at <= this.#time)
      this.#tasks = this.#tasks.filter(({ at }) => at > this.#time)
      for (const { task } of due) task()
    }
  }
}

class Alarm implements Sleeper {
  readonly woken: { now: number; late: boolean }[] = []
  readonly #next: (now: number) => number | undefined

  constructor(next: (now: number) => number | undefined = () => undefined) {
    this.#next = next
  }

  wake(now: number, late: boolean): number | undefined {
    this.woken.push({ now, late })
    return this.#next(now)
  }
}

function make() {
  const clock = new HandClock()
  return { clock, wheel: new Wheel(clock, 250) }
}

test('a sleeper is woken once, not before its time and no more than a slot after it', () => {
  for (const wait of [0, 1, 249, 250, 251, 999, 10_000]) {
    const { clock, wheel } = make()
    const alarm = new Alarm()
    const at = clock.monotonic() + wait
    wheel.add(at, alarm)
    clock.pass(20_000)
    expect(alarm.woken).toHaveLength(1)
    expect(alarm.woken[0]?.now).toBeWithin(at, at + 510)
    expect(alarm.woken[0]?.late).toBe(false)
  }
})

test('a time that is past is the next slot, not never', () => {
  const { clock, wheel } = make()
  const [one, other] = [new Alarm(), new Alarm()]
  wheel.add(-1e9, one)
  wheel.add(0, other)
  clock.pass(500)
  expect([one.woken.length, other.woken.length]).toEqual([1, 1])
})

test('a sleeper that says when is woken again, again and again', () => {
  const { clock, wheel } = make()
  const alarm = new Alarm((now) => now + 1000)
  wheel.add(clock.monotonic() + 1000, alarm)
  clock.pass(60_000)
  expect(alarm.woken.length).toBeWithin(47, 61)
})

test('a sleeper that wants to be woken at once does not keep the others from their turn', () => {
  const { clock, wheel } = make()
  const restless = new Alarm((now) => now)
  const other = new Alarm()
  wheel.add(0, restless)
  wheel.add(clock.monotonic() + 1000, other)
  clock.pass(2000)
  expect(other.woken).toHaveLength(1)
  expect(restless.woken.length).toBeWithin(4, 10)
})

test('after a freeze all are woken that are due, and are told that it was late', () => {
  const { clock, wheel } = make()
  const [soon, later] = [new Alarm(), new Alarm()]
  wheel.add(clock.monotonic() + 1000, soon)
  wheel.add(clock.monotonic() + 3_600_000, later)
  clock.pass(60_000, 60_000) // the process stood still
  expect(soon.woken.map(({ late }) => late)).toEqual([true])
  expect(later.woken).toEqual([])
  clock.pass(3_600_000)
  expect(later.woken.map(({ late }) => late)).toEqual([false])
})

test('ten thousand sleepers are one timer', () => {
  const { clock, wheel } = make()
  const alarms = Array.from({ length: 10_000 }, () => new Alarm())
  for (const [n, alarm] of alarms.entries()) wheel.add(clock.monotonic() + (n % 5000), alarm)
  expect(clock.timers).toBe(1)
  clock.pass(6000)
  expect(alarms.every(({ woken }) => woken.length === 1)).toBe(true)
  expect(clock.timers).toBe(1)
})

test('stopped, it wakes nobody and leaves no timer behind', () => {
  const { clock, wheel } = make()
  const alarm = new Alarm()
  wheel.add(clock.monotonic() + 300, alarm)
  wheel.stop()
  clock.pass(1000)
  expect([alarm.woken.length, clock.timers]).toEqual([0, 0])
})

test('stopped by somebody whom it wakes, it stays stopped', () => {
  const { clock, wheel } = make()
  const other = new Alarm()
  wheel.add(clock.monotonic() + 300, new Alarm(() => (wheel.stop(), undefined)))
  wheel.add(clock.monotonic() + 900, other)
  clock.pass(2000)
  expect([other.woken.length, clock.timers]).toEqual([0, 0])
})

test('a sleeper that was removed is not woken, and those beside it are', () => {
  const { clock, wheel } = make()
  const [gone, stays] = [new Alarm(), new Alarm()]
  const at = clock.monotonic() + 1010
  wheel.add(at, gone)
  wheel.add(at, stays)
  wheel.remove(at, gone)
  clock.pass(3000)
  expect([gone.woken.length, stays.woken.length]).toEqual([0, 1])
})
