import { expect, test } from 'bun:test'
import { fitOf, fitted, fullScale, within, zoomed } from './zoom.ts'

const stage = { width: 400, height: 800 }
const wide = { width: 1600, height: 800 }

test('what is under the fingers stays under them, however one zooms', () => {
  const point = { x: 120, y: -60 }
  let view = fitted
  const under = () => ({ x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale })
  for (const factor of [2, 1.5, 0.7, 1.1]) {
    view = zoomed(view, factor, point, 10)
    expect(under().x).toBeCloseTo(120)
    expect(under().y).toBeCloseTo(-60)
  }
})

test('it is never smaller than it fits, and never larger than is allowed', () => {
  expect(zoomed(fitted, 0.2, { x: 10, y: 10 }, 4)).toEqual(fitted)
  expect(zoomed(fitted, 100, { x: 0, y: 0 }, 4).scale).toBe(4)
})

test('its edges stay outside, and what is smaller than the stage stays in the middle', () => {
  const fit = fitOf(wide, stage)
  expect(fit).toEqual({ width: 400, height: 200 })
  expect(within({ scale: 2, x: 999, y: 999 }, fit, stage)).toEqual({ scale: 2, x: 200, y: 0 })
  expect(within({ scale: 8, x: -9999, y: -9999 }, fit, stage)).toEqual({ scale: 8, x: -1400, y: -400 })
  expect(within({ scale: 1, x: 5, y: -5 }, fit, stage)).toEqual(fitted)
})

test('a small picture is not made larger to fit, and twice as large when it is looked at closely', () => {
  expect(fitOf({ width: 100, height: 50 }, stage)).toEqual({ width: 100, height: 50 })
  expect([fullScale({ width: 100, height: 50 }, stage), fullScale(wide, stage)]).toEqual([2, 4])
})
