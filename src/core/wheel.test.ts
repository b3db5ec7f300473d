import { expect, test } from 'bun:test'
import { ManualClock } from '../../test/stores-support.ts'
import { type Sleeper, Wheel } from './wheel.ts'

/** Notes when it is woken, and may want more. */
class Noting implements Sleeper {
  readonly woken: { readonly after: number; readonly late: boolean }[] = []
  readonly #begin: number
  readonly #pause: number | undefined

  constructor(begin: number, pause?: number) {
    this.#begin = begin
    this.#pause = pause
  }

  wake(now: number, late: boolean): number | undefined {
    this.woken.push({ after: now - this.#begin, late })
    return this.#pause === undefined ? undefined : now + this.#pause
  }
}

function setUp() {
  const clock = new ManualClock()
  const begin = clock.monotonic()
  const pass = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 50) clock.advance(50)
  }
  return { clock, begin, pass, wheel: new Wheel(clock, 250) }
}

test('a sleeper is woken once, not before its time and at most a slot after it', () => {
  const { begin, pass, wheel } = setUp()
  const sleepers = Array.from({ length: 40 }, () => new Noting(begin))
  for (const [n, sleeper] of sleepers.entries()) wheel.add(begin + n * 37, sleeper)
  pass(3000)
  for (const [n, { woken }] of sleepers.entries()) {
    expect(woken.length).toBe(1)
    expect(woken[0]?.after).toBeGreaterThanOrEqual(n * 37)
    expect(woken[0]?.after).toBeLessThanOrEqual(n * 37 + 500) // the slot, and the turn that comes to it
  }
})

test('a sleeper that says when is woken again', () => {
  const { begin, pass, wheel } = setUp()
  const sleeper = new Noting(begin, 1000)
  wheel.add(begin + 1000, sleeper)
  pass(5500)
  expect(sleeper.woken.length).toBeGreaterThan(3)
})

test('a sleeper that was removed is not woken', () => {
  const { begin, pass, wheel } = setUp()
  const [gone, stays] = [new Noting(begin), new Noting(begin)]
  wheel.add(begin + 1010, gone)
  wheel.add(begin + 1010, stays)
  wheel.remove(begin + 1010, gone)
  pass(3000)
  expect(gone.woken).toEqual([])
  expect(stays.woken.length).toBe(1)
})

test('a sleeper hears that the whole process stood still', () => {
  const { begin, clock, pass, wheel } = setUp()
  const [before, after] = [new Noting(begin), new Noting(begin)]
  wheel.add(begin + 300, before)
  wheel.add(begin + 5000, after)
  pass(1000)
  clock.advance(10_000)
  expect(before.woken.map(({ late }) => late)).toEqual([false])
  expect(after.woken.map(({ late }) => late)).toEqual([true])
})
