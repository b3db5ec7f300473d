import { expect, test } from 'bun:test'
import type { Publication } from '../core/publication.ts'
import { baseIn, DeltaFrames, patchOf } from './delta.ts'

const publication = (
  offset: number,
  data: string | Uint8Array = `{"text":"${'同样的内容'.repeat(20)}","n":${offset}}`,
) => ({
  epoch: offset === 0 ? '' : 'e',
  offset,
  data,
  time: 0,
  info: undefined,
  tags: undefined,
})

test('a frame is kept for those with the same base, for those without one, and for one publication', () => {
  const frames = new DeltaFrames<string>()
  const [one, two, three] = [publication(1), publication(2), publication(3)]
  expect(frames.find(three, two)).toBeUndefined()
  frames.keep(three, two, 'from two')
  expect(frames.find(three, null)).toBeUndefined()
  frames.keep(three, null, 'whole')
  expect(frames.find(three, two)).toBe('from two')
  expect(frames.find(three, null)).toBe('whole')
  expect(frames.find(three, one)).toBeUndefined()
  frames.keep(three, one, 'from one')
  expect(frames.find(three, one)).toBe('from one')
  expect(frames.find(publication(4), three)).toBeUndefined()
  frames.keep(publication(4), three, 'another')
  expect([frames.find(three, one), frames.find(three, null)]).toEqual([undefined, undefined])
})

test('a base is the same if it stands at the same place of the same log; without a place, if it is the very same', () => {
  const frames = new DeltaFrames<string>()
  const last = publication(3)
  frames.keep(last, publication(2), 'from two')
  expect(frames.find(last, publication(2))).toBe('from two')
  expect(frames.find(last, { ...publication(2), epoch: 'another' })).toBeUndefined()
  const passing = publication(0)
  frames.keep(last, passing, 'from a passing one')
  expect(frames.find(last, passing)).toBe('from a passing one')
  expect(frames.find(last, publication(0))).toBeUndefined()
})

test('a list that is handed over as a whole begins with nothing', () => {
  const list: Publication[] = [publication(1), publication(2)]
  expect([baseIn(list, 0), baseIn(list, 1)]).toEqual([null, publication(1)])
})

test('there is a patch from one text to another and from bytes to bytes, if it pays', () => {
  const bytes = new Uint8Array(100)
  expect(patchOf(publication(2), publication(1))).toBeString()
  expect(patchOf(publication(2, bytes), publication(1, bytes))).toBeInstanceOf(Uint8Array)
  expect(patchOf(publication(2), publication(1, bytes))).toBeUndefined()
  expect(patchOf(publication(2, bytes), publication(1))).toBeUndefined()
  expect(patchOf(publication(2), null)).toBeUndefined()
  expect(patchOf(publication(2, '1'), publication(1, '2'))).toBeUndefined()
})

test('a payload of more than a megabyte is sent whole', () => {
  const large = `"${'x'.repeat(1_048_575)}"`
  expect(patchOf(publication(2, large), publication(1, large))).toBeUndefined()
  expect(patchOf(publication(2, large.slice(1)), publication(1, large.slice(1)))).toBeString()
  expect(patchOf(publication(2, '"x"'), publication(1, large))).toBeUndefined()
})
