import { expect, test } from 'bun:test'
import type { Publication } from '../core/publication.ts'
import { RecentPatches } from './recent-patches.ts'

const publication = (offset: number, epoch = 'e', data = 'x'.repeat(50)): Publication => ({
  epoch,
  offset,
  data,
  time: 0,
  info: undefined,
  tags: undefined,
})

/** Counts what is made. */
function workshop(patch: string | undefined) {
  const made: number[] = []
  const make = (to: Publication, from: Publication) => {
    made.push(from.offset, to.offset)
    return patch
  }
  return { made, make }
}

test('a patch is made once for all who missed the same, also one that does not pay', () => {
  for (const patch of ['patch', undefined]) {
    const patches = new RecentPatches(10_000)
    const { made, make } = workshop(patch)
    for (let n = 0; n < 5; n++) expect(patches.get(publication(2), publication(1), make)).toBe(patch)
    expect(made).toEqual([1, 2])
  }
})

test('another place, another log or another size is another patch', () => {
  const patches = new RecentPatches(10_000)
  const { made, make } = workshop('patch')
  patches.get(publication(3), publication(2), make)
  patches.get(publication(3), publication(1), make)
  patches.get(publication(4), publication(2), make)
  patches.get(publication(3, 'other'), publication(2, 'other'), make)
  patches.get(publication(3, 'e', 'y'), publication(2), make)
  expect(made).toEqual([2, 3, 1, 3, 2, 4, 2, 3, 2, 3])
})

test('what was erased at a place, be it of the same length, is another patch', () => {
  const patches = new RecentPatches(10_000)
  const { made, make } = workshop('patch')
  for (const from of ['said', 'said', 'gone', 'gone'])
    patches.get(publication(2, 'e', 'next'), publication(1, 'e', from), make)
  for (const to of ['next', 'none', 'none']) patches.get(publication(2, 'e', to), publication(1, 'e', 'gone'), make)
  expect(made).toHaveLength(2 * 3)
})

test('what has no place in the log is made anew each time', () => {
  const patches = new RecentPatches(10_000)
  const { made, make } = workshop('patch')
  for (let n = 0; n < 2; n++) {
    patches.get(publication(0, ''), publication(1), make)
    patches.get(publication(1), publication(0, ''), make)
  }
  expect(made).toHaveLength(8)
})

test('what is asked for stays, what is not is let go', () => {
  const patches = new RecentPatches(10_000)
  const { made, make } = workshop('p'.repeat(100))
  patches.get(publication(2), publication(1), make)
  for (let n = 2; n < 200; n++) {
    patches.get(publication(n + 1), publication(n), make)
    patches.get(publication(2), publication(1), make)
  }
  const before = made.length
  patches.get(publication(2), publication(1), make)
  patches.get(publication(200), publication(199), make)
  expect(made).toHaveLength(before)
  patches.get(publication(3), publication(2), make)
  expect(made).toHaveLength(before + 2)
})
