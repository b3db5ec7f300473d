import { expect, test } from 'bun:test'
import { Recent } from './recent.ts'

function recent(bytes: number) {
  const clock = { now: 0 }
  const kept = new Recent<string>({
    bytes,
    sizeOf: (value) => value.length,
    lifeOf: (value) => (value === 'short' ? 10 : 100),
    now: () => clock.now,
  })
  return { clock, kept }
}

test('what is kept is found until its time is over', () => {
  const { clock, kept } = recent(10_000)
  kept.set('a', 'long')
  kept.set('b', 'short')
  clock.now = 10
  expect([kept.get('a')?.value, kept.get('b')]).toEqual(['long', undefined])
  clock.now = 100
  expect(kept.get('a')).toBeUndefined()
  expect(kept.bytes).toBe(0)
})

test('what was used longest ago goes first', () => {
  const { kept } = recent(3000)
  for (const key of ['a', 'b']) kept.set(key, 'x'.repeat(1000))
  kept.get('a')
  kept.set('c', 'x'.repeat(1000))
  expect([kept.get('a'), kept.get('b'), kept.get('c')].map((found) => found !== undefined)).toEqual([true, false, true])
})

test('it never keeps more than it may', () => {
  const { kept } = recent(3000)
  for (let each = 0; each < 1000; each++) {
    kept.set(`${each % 40}`, 'x'.repeat((each * 37) % 900))
    expect(kept.bytes).toBeLessThanOrEqual(3000)
  }
  kept.set('all', 'x'.repeat(5000))
  expect(kept.get('all')).toBeUndefined()
})
