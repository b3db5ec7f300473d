import { expect, test } from 'bun:test'
import { loudnessOf, shapeOf } from './loudness.ts'

const tone = (height: number) => Float32Array.from({ length: 1024 }, (_, at) => height * Math.sin(at / 5))

test('silence is 0, what is loud is near 1, and half as loud is a little less', () => {
  expect(loudnessOf(new Float32Array(1024))).toBe(0)
  expect(loudnessOf([])).toBe(0)
  expect(loudnessOf(tone(1))).toBeCloseTo(0.95, 1)
  expect(loudnessOf(tone(1)) - loudnessOf(tone(0.5))).toBeCloseTo(0.1, 2)
  expect(loudnessOf(Float32Array.of(2, 2))).toBe(1)
})

test('the shape of a recording has so many bars, and its loudest part full height', () => {
  const levels = Array.from({ length: 1000 }, (_, at) => (at === 500 ? 0.5 : 0.1))
  const shape = shapeOf(levels, 64)
  expect(shape.length).toBe(64)
  expect(Math.max(...shape)).toBe(255)
  expect(shape[32]).toBe(255)
  expect(shape[0]).toBe(51)
})

test('a short recording has as many bars as there are levels, an empty one none', () => {
  expect(shapeOf([0.2, 0.1], 64)).toEqual([255, 128])
  expect(shapeOf([], 64)).toEqual([])
  expect(shapeOf([0, 0], 64)).toEqual([0, 0])
})
