import { expect, test } from 'bun:test'
import { placeOf } from './place.ts'

test('the place of a time is found in logs with holes, empty ones, and beyond both ends', () => {
  for (let size = 0; size < 40; size++) {
    const entries = Array.from({ length: size }, (_, index) => ({
      at: 3 * index + 2,
      time: 10 * Math.floor(index / 2),
    }))
    const end = 3 * size
    for (let time = -5; time < 10 * size + 5; time += 5) {
      const expected = entries.find((entry) => entry.time >= time)
      const place = placeOf(time, 0, end, (from) => entries.find(({ at }) => at >= from))
      const found = entries.find(({ at }) => at >= place)
      expect([size, time, found]).toEqual([size, time, expected])
    }
  }
})
