import { expect, test } from 'bun:test'
import { RateLimit } from './rate-limit.ts'
import { RateLimits, type RateLimitsOptions } from './rate-limits.ts'

/** Five in ten seconds, at a time that the test moves. */
function limits(options: Partial<RateLimitsOptions> = {}) {
  const time = { now: 1000 }
  return { time, rates: new RateLimits({ count: 5, per: 10_000, now: () => time.now, ...options }) }
}

const takeUntilRefused = (rates: RateLimits, key: string): number => {
  for (let taken = 0; ; taken++) if (rates.take(key) > 0) return taken
}

test('as many as may be at once are allowed, and then it is said when the next one is', () => {
  const { time, rates } = limits()
  expect(takeUntilRefused(rates, 'ann')).toBe(5)
  expect(rates.take('ann')).toBe(2000)
  expect(rates.peek('ann', 3)).toBe(6000)
  time.now += 1999
  expect(rates.take('ann')).toBe(1)
  time.now += 1
  expect([rates.peek('ann'), rates.take('ann'), rates.take('ann')]).toEqual([0, 0, 2000])
})

test('one who is refused loses nothing by asking, and one who waits has no more than a burst', () => {
  const { time, rates } = limits({ burst: 2 })
  expect(takeUntilRefused(rates, 'ann')).toBe(2)
  for (let n = 0; n < 100; n++) rates.take('ann')
  expect(rates.take('ann')).toBe(2000)
  time.now += 1_000_000
  expect(takeUntilRefused(rates, 'ann')).toBe(2)
})

test('several are taken at once or not at all, and more than a burst never', () => {
  const { rates } = limits()
  expect([rates.take('ann', 4), rates.take('ann', 2), rates.take('ann', 1)]).toEqual([0, 2000, 0])
  expect(rates.take('bo', 6)).toBe(Infinity)
  expect(rates.take('bo', 5)).toBe(0)
})

test('each has its own, and one that is forgotten begins anew', () => {
  const { rates } = limits()
  expect([takeUntilRefused(rates, 'ann'), takeUntilRefused(rates, 'bo')]).toEqual([5, 5])
  rates.forget('ann')
  expect([rates.peek('ann'), rates.peek('bo')]).toEqual([0, 2000])
})

test('after the time that was said it is allowed, whatever the numbers', () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  let state = seed
  const dice = (most: number) => 1 + ((state = (state * 48_271) % 0x7fffffff) % most)
  for (let run = 0; run < 500; run++) {
    const options = { count: dice(1000), per: dice(100_000), burst: dice(50) }
    const { time, rates } = limits(options)
    time.now = dice(1_000_000) / 7
    const start = time.now
    let taken = 0
    for (let step = 0; step < 200; step++) {
      const wait = rates.take('ann')
      if (wait === 0) taken++
      time.now += wait
      const most = options.burst + ((time.now - start) * options.count) / options.per
      expect({ seed, options, tooMany: taken > most + 0.01 }).toEqual({ seed, options, tooMany: false })
      if (wait > 0) expect({ seed, options, peek: rates.peek('ann') }).toEqual({ seed, options, peek: 0 })
    }
  }
})

test('of more keys than are remembered those go first who are held back least', () => {
  const { time, rates } = limits({ maxKeys: 100 })
  takeUntilRefused(rates, 'victim')
  for (let n = 0; n < 10_000; n++) {
    expect(rates.take(`stranger ${n}`)).toBe(0)
    expect(rates.peek('victim')).toBeGreaterThan(0)
  }
  time.now += 60_000
  for (let n = 0; n < 100; n++) rates.take(`late ${n}`)
  expect(rates.peek('victim')).toBe(0) // by the time, and not because it was forgotten
})

test.each([{ count: 0 }, { per: -1 }, { burst: Number.NaN }, { maxKeys: Infinity }])('%j is no limit', (wrong) => {
  expect(() => limits(wrong)).toThrow(RangeError)
})

test('of publications a second there may be five seconds’ worth at once', () => {
  const rate = new RateLimit(20, 500)
  const taken = Array.from({ length: 200 }, () => rate.take(500)).filter(Boolean).length
  expect([taken, rate.take(549), rate.take(550), rate.take(551)]).toEqual([100, false, true, false])
})
