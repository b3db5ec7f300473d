import { expect, test } from 'bun:test'
import { CallError, unanswered } from './errors.ts'
import { Marks } from './marks.ts'

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

function marks(answers: (CallError | undefined)[]) {
  const told: number[] = []
  const due: (() => void)[] = []
  const clock = { now: () => 0, after: (_delay: number, call: () => void) => (due.push(call), () => {}) }
  const made = new Marks(clock, async (offset) => {
    told.push(offset)
    const answer = answers.shift()
    if (answer !== undefined) throw answer
  })
  const pass = async () => {
    await settled()
    for (const call of due.splice(0)) call()
    await settled()
  }
  return { marks: made, told, pass }
}

test('what is read is told at once, and then once a pause, the newest only', async () => {
  const { marks: mine, told, pass } = marks([])
  for (const offset of [3, 2, 4, 7]) mine.read(offset)
  expect(told).toEqual([3])
  await pass()
  await pass()
  expect(told).toEqual([3, 7])
})

test('what could not be told is told again; what the server will not have is not', async () => {
  const { marks: mine, told, pass } = marks([unanswered(), undefined, new CallError(420, 'You are no member')])
  mine.read(3)
  for (let each = 0; each < 3; each++) await pass()
  expect(told).toEqual([3, 3])
  mine.read(4)
  for (let each = 0; each < 3; each++) await pass()
  expect(told).toEqual([3, 3, 4])
})

test('once it is closed nothing is told any more', async () => {
  const { marks: mine, told, pass } = marks([unanswered()])
  mine.read(3)
  mine.close()
  for (let each = 0; each < 3; each++) await pass()
  expect(told).toEqual([3])
})
