import { expect, test } from 'bun:test'
import { Pacer } from './pacer.ts'

function make() {
  const pauses: (() => void)[] = []
  const drawn: string[] = []
  const pacer = new Pacer((call) => pauses.push(call))
  const draws = { one: () => void drawn.push('one'), other: () => void drawn.push('other') }
  return { pacer, drawn, ...draws, pass: () => pauses.shift()?.(), pauses }
}

test('what changes when nothing did is drawn at once', () => {
  const { pacer, drawn, one } = make()
  pacer.run(one)
  expect(drawn).toEqual(['one'])
})

test('what changes often is drawn once after a pause, and the last change is not lost', () => {
  const { pacer, drawn, one, other, pass } = make()
  pacer.run(one)
  for (let times = 0; times < 3; times++) {
    pacer.run(other)
    pacer.run(one)
  }
  expect(drawn).toEqual(['one'])
  pass()
  expect(drawn).toEqual(['one', 'other', 'one'])
  pass()
  pacer.run(one)
  expect(drawn).toEqual(['one', 'other', 'one', 'one'])
})

test('nothing is waited for when nothing is to be drawn', () => {
  const { pacer, one, pass, pauses } = make()
  pacer.run(one)
  pass()
  expect(pauses).toEqual([])
})

test('what a drawing asks for is drawn after the next pause', () => {
  const { pacer, drawn, one, pass } = make()
  pacer.run(() => pacer.run(one))
  expect(drawn).toEqual([])
  pass()
  expect(drawn).toEqual(['one'])
})

test('a drawing that fails does not keep the next from being drawn', () => {
  const { pacer, drawn, one, pass } = make()
  expect(() =>
    pacer.run(() => {
      throw new Error('no')
    }),
  ).toThrow('no')
  pacer.run(one)
  pass()
  expect(drawn).toEqual(['one'])
})
