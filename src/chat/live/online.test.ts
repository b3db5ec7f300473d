import { expect, test } from 'bun:test'
import { Online } from './online.ts'

/** Time that passes when it is told to. */
function make() {
  const told: string[] = []
  const waiting = new Set<() => void>()
  const online = new Online({
    after(_delay, call) {
      waiting.add(call)
      return () => waiting.delete(call)
    },
    roomsOf: (person) => [`home of ${person}`, 'tea'],
    changed: (person, is, rooms) => told.push(`${person} ${is ? 'came' : 'went'} ${[...rooms].join(', ')}`),
  })
  const pass = () => {
    const due = [...waiting]
    waiting.clear()
    for (const call of due) call()
  }
  return { online, told, pass }
}

test('somebody is there from the first connection on until a while after the last', () => {
  const { online, told, pass } = make()
  online.enter('ann', '1')
  online.enter('ann', '2')
  online.leave('ann', '1')
  online.leave('ann', '1')
  pass()
  expect(online.isOnline('ann')).toBe(true)
  online.leave('ann', '2')
  expect(online.isOnline('ann')).toBe(true)
  pass()
  expect(online.isOnline('ann')).toBe(false)
  expect(told).toEqual(['ann came home of ann, tea', 'ann went home of ann, tea'])
  expect([...online.in('tea')]).toEqual([])
})

test('a reload is no coming and going', () => {
  const { online, told, pass } = make()
  online.enter('ann', '1')
  online.leave('ann', '1')
  online.enter('ann', '2')
  pass()
  expect(told).toEqual(['ann came home of ann, tea'])
  expect([...online.in('tea')]).toEqual(['ann'])
})

test('who becomes a member while being there is there in the room', () => {
  const { online } = make()
  online.enter('ann', '1')
  online.member('club', 'ann', true)
  online.member('club', 'bob', true) // who is not there
  expect([...online.in('club')]).toEqual(['ann'])
  online.member('club', 'ann', false)
  expect([...online.in('club')]).toEqual([])
})
