import { expect, test } from 'bun:test'
import { Pacer } from './pacer.ts'

function make() {
  const frames: (() => void)[] = []
  const drawn: string[] = []
  const pacer = new Pacer((call) => frames.push(call))
  const draws = { one: () => void drawn.push('one'), other: () => void drawn.push('other') }
  return { pacer, drawn, ...draws, frame: () => frames.shift()?.(), frames }
}

test('what changes when nothing did is drawn at once', () => {
  const { pacer, drawn, one } = make()
  pacer.run(one)
  expect(drawn).toEqual(['one'])
})

test('what changes often is drawn once a frame, and the last change is not lost', () => {
  const { pacer, drawn, one, other, frame } = make()
  pacer.run(one)
  for (let times = 0; times < 3; times++) {
    pacer.run(other)
    pacer.run(one)
  }
  expect(drawn).toEqual(['one'])
  frame()
  expect(drawn).toEqual(['one', 'other', 'one'])
  frame()
  pacer.run(one)
  expect(drawn).toEqual(['one', 'other', 'one', 'one'])
})

test('nothing is waited for when nothing is to be drawn', () => {
  const { pacer, one, frame, frames } = make()
  pacer.run(one)
  frame()
  expect(frames).toEqual([])
})

test('what a drawing asks for is drawn in the next frame', () => {
  const { pacer, drawn, one, frame } = make()
  pacer.run(() => pacer.run(one))
  expect(drawn).toEqual([])
  frame()
  expect(drawn).toEqual(['one'])
})

test('a drawing that fails does not keep the next from being drawn', () => {
  const { pacer, drawn, one, frame } = make()
  expect(() =>
    pacer.run(() => {
      throw new Error('no')
    }),
  ).toThrow('no')
  pacer.run(one)
  frame()
  expect(drawn).toEqual(['one'])
})
