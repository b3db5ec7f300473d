import { expect, test } from 'bun:test'
import { Timeline, keptMessages, type Publication } from './timeline.ts'

const ann = { user: 'guest:a', client: 'c1', connInfo: { name: 'Ann' } }

function said(offset: number, text = `message ${offset}`): Publication {
  return { offset, info: ann, data: { type: 'message', id: `id ${offset}`, text, time: 1000 + offset } }
}

function range(from: number, to: number): Publication[] {
  return Array.from({ length: to - from + 1 }, (_, index) => said(from + index))
}

function timeline(): { timeline: Timeline; shown: () => (string | number)[] } {
  const made = new Timeline(() => 5000)
  const shown = (): (string | number)[] =>
    made.entries.map((entry) => (entry.kind === 'message' ? entry.offset : `${entry.what} ${entry.name}`.trim()))
  return { timeline: made, shown }
}

test('pages and live publications in any mixture come out once and in order', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const { timeline: made, shown } = timeline()
    let random = seed
    const next = (below: number): number => (random = (random * 48271) % 2147483647) % below
    made.open('a')
    for (let step = 0; step < 30; step++) {
      const from = 1 + next(20)
      if (next(3) === 0) made.page(range(from, from + next(10)).toReversed(), 0)
      else made.receive(said(from))
    }
    made.page(range(1, 30), 30)
    if (shown().join() !== Array.from({ length: 30 }, (_, i) => i + 1).join())
      throw new Error(`seed ${seed}: ${shown().join()}`)
  }
})

test('the name is the one the server stamped, never one from the message', () => {
  const { timeline: made } = timeline()
  made.receive({ offset: 1, info: ann, data: { type: 'message', text: 'hi', name: 'Mallory', user: 'guest:m' } })
  expect(made.entries).toMatchObject([{ name: 'Ann', user: 'guest:a', text: 'hi' }])
})

test('a name that is no text is not shown, and who has none is not taken for the server', () => {
  const { timeline: made } = timeline()
  made.receive({ ...said(1), info: { ...ann, connInfo: { name: { toString: 1 } } } })
  made.receive({ offset: 2, data: { type: 'message', text: 'from a backend' } })
  made.receive({ offset: 3, info: { user: '', client: 'c2' }, data: { type: 'message', text: 'from nobody' } })
  expect(made.entries).toMatchObject([
    { name: 'guest:a', server: false },
    { name: '', server: true },
    { name: '', server: false },
  ])
})

test('what is no message is passed over, and still counts as seen', () => {
  const { timeline: made, shown } = timeline()
  const strange = [null, 7, 'hi', [], {}, { type: 'edit' }, { type: 'message', text: 7 }]
  for (const [index, data] of strange.entries()) made.receive({ offset: index + 1, data })
  expect(shown()).toEqual([])
  expect(made.top).toBe(strange.length)
})

test('a time that cannot be is replaced by the time of arrival', () => {
  const { timeline: made } = timeline()
  for (const [index, time] of [undefined, 'now', Number.NaN, 1e300].entries())
    made.receive({ offset: index + 1, data: { type: 'message', text: 'hi', time } })
  expect(made.entries.map((entry) => entry.time)).toEqual([5000, 5000, 5000, 5000])
})

test('a message of the past without a time stands among its neighbours and shows none', () => {
  const { timeline: made } = timeline()
  made.page([said(1), { offset: 2, data: { type: 'message', text: 'from a backend' } }, said(3)], 3)
  expect(made.entries).toMatchObject([
    { time: 1001, timed: true },
    { time: 1003, timed: false },
    { time: 1003, timed: true },
  ])
})

test('notices stay where they were made, whatever is filled in around them', () => {
  const { timeline: made, shown } = timeline()
  made.receive(said(3))
  made.notice('joined', 'Bo')
  made.notice('left', 'Bo')
  made.receive(said(4))
  made.page(range(1, 4), 4)
  expect(shown()).toEqual([1, 2, 3, 'joined Bo', 'left Bo', 4])
})

test('after an interruption, a page that reaches back leaves no trace', () => {
  const { timeline: made, shown } = timeline()
  made.page(range(1, 3), 3)
  made.interrupted()
  made.receive(said(6)) // live already, before the page is there
  made.page(range(2, 5), 5)
  expect(shown()).toEqual([1, 2, 3, 4, 5, 6])
})

test('after an interruption, a page that does not reach back says so', () => {
  const { timeline: made, shown } = timeline()
  made.page(range(1, 3), 3)
  made.interrupted()
  made.receive(said(9))
  made.page(range(6, 8), 8)
  expect(shown()).toEqual(['gap', 6, 7, 8, 9])
})

test('after an interruption, an emptied history says so too', () => {
  const { timeline: made, shown } = timeline()
  made.page(range(1, 3), 3)
  made.interrupted()
  made.page([], 7)
  expect(shown()).toEqual(['gap'])
  expect(made.top).toBe(7)
})

test('another log begins anew: old offsets mean nothing in it', () => {
  const { timeline: made, shown } = timeline()
  made.open('a')
  made.page(range(1, 3), 3)
  made.interrupted()
  made.open('b')
  made.receive(said(2, 'another second message'))
  made.page([said(1), said(2, 'another second message')], 2)
  expect(shown()).toEqual(['begun-again', 1, 2])
  expect(made.entries[2]).toMatchObject({ text: 'another second message' })
})

test('only the newest messages are kept', () => {
  const { timeline: made, shown } = timeline()
  made.page(range(1, keptMessages + 5), keptMessages + 5)
  expect(shown()).toHaveLength(keptMessages)
  expect(shown()[0]).toBe(6)
})
