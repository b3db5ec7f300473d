import { expect, test } from 'bun:test'
import { People, grace } from './people.ts'
import type { Info } from './person.ts'
import { TestClock } from './test-clock.ts'

function start(...here: Info[]) {
  const clock = new TestClock()
  const told: string[] = []
  const people = new People(clock, (what, who) => told.push(`${who.name} ${what}`))
  people.expect()
  people.replace(here)
  return { clock, told, people, names: () => people.list.map(({ name }) => name) }
}

function info(name: string, client = `${name} 1`, user = `guest:${name}`): Info {
  return { user, client, connInfo: { name } }
}

test('who was there before us is here, and nobody is told', () => {
  const { told, names } = start(info('Bo'), info('Ann'))
  expect(names()).toEqual(['Ann', 'Bo'])
  expect(told).toEqual([])
})

test('somebody who comes is told at once, somebody who goes after the grace', async () => {
  const { clock, told, people, names } = start()
  people.join(info('Ann'))
  expect(told).toEqual(['Ann joined'])
  people.leave(info('Ann'))
  await clock.pass(grace - 1)
  expect(names()).toEqual(['Ann'])
  await clock.pass(1)
  expect(names()).toEqual([])
  expect(told).toEqual(['Ann joined', 'Ann left'])
})

test('a reload is neither a leave nor a join', async () => {
  const { clock, told, people, names } = start(info('Ann', 'tab 1'))
  people.leave(info('Ann', 'tab 1'))
  await clock.pass(grace / 2)
  people.join(info('Ann', 'tab 2'))
  await clock.pass(2 * grace)
  expect(names()).toEqual(['Ann'])
  expect(told).toEqual([])
})

test('two tabs are one person, who is gone with the last of them', async () => {
  const { clock, told, people, names } = start()
  people.join(info('Ann', 'tab 1'))
  people.join(info('Ann', 'tab 2'))
  people.leave(info('Ann', 'tab 1'))
  await clock.pass(2 * grace)
  expect(names()).toEqual(['Ann'])
  people.leave(info('Ann', 'tab 2'))
  await clock.pass(grace)
  expect(told).toEqual(['Ann joined', 'Ann left'])
})

test('two people of one name are two', () => {
  expect(start(info('Ann', 'c1', 'guest:1'), info('Ann', 'c2', 'guest:2')).names()).toEqual(['Ann', 'Ann'])
})

test('somebody who comes back with another name has the new one', () => {
  const { people, told, names } = start(info('Ann', 'tab 1'))
  people.leave(info('Ann', 'tab 1'))
  people.join({ ...info('Anna', 'tab 2'), user: 'guest:Ann' })
  expect(names()).toEqual(['Anna'])
  expect(told).toEqual([])
})

test('what was pushed since the list was asked for has the last word', async () => {
  const { clock, people, names } = start(info('Ann'), info('Bo'))
  people.expect()
  people.join(info('Cy'))
  people.leave(info('Bo'))
  people.replace([info('Ann'), info('Bo')]) // made before Cy came and Bo went
  await clock.pass(grace)
  expect(names()).toEqual(['Ann', 'Cy'])
})

test('after we were away, those who are gone are gone quietly, and those who return in time never left', async () => {
  const { clock, told, people, names } = start(info('Ann'), info('Bo'), info('Me'))
  people.expect()
  people.replace([info('Me', 'Me 2')]) // the server was restarted, and we were the first back
  people.join(info('Ann', 'Ann 2'))
  await clock.pass(grace)
  expect(names()).toEqual(['Ann', 'Me'])
  expect(told).toEqual([])
})

test('a leave of a connection that nobody knew changes nothing', () => {
  const { people, names } = start(info('Ann'))
  people.leave(info('Ann', 'unknown'))
  people.leave(info('Bo'))
  expect(names()).toEqual(['Ann'])
})
