import { expect, test } from 'bun:test'
import { Typing } from './typing.ts'

function make() {
  let time = 0
  const told: boolean[] = []
  const typing = new Typing({ now: () => time, after: () => () => {} }, (on) => told.push(on))
  return { typing, told, pass: (milliseconds: number) => (time += milliseconds) }
}

test('that somebody writes is told now and then, and that they let it be', () => {
  const { typing, told, pass } = make()
  for (let key = 0; key < 40; key++) {
    typing.write()
    pass(100)
  }
  expect(told).toEqual([true, true])
  typing.stop()
  typing.stop()
  expect(told).toEqual([true, true, false])
})

test('whoever sends line after line tells nothing but the lines', () => {
  const { typing, told, pass } = make()
  for (let line = 0; line < 100; line++) {
    typing.write()
    typing.sent()
    typing.stop()
    pass(30)
  }
  expect(told.length).toBeLessThan(5)
  expect(told).not.toContain(false)
})

test('whoever writes on after a message is told of again', () => {
  const { typing, told, pass } = make()
  typing.write()
  typing.sent()
  typing.write()
  pass(1000)
  typing.write()
  expect(told).toEqual([true, true])
})
