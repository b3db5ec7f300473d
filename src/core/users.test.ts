import { expect, test } from 'bun:test'
import type { Client } from './client.ts'
import { Users } from './users.ts'

const client = (user: string) => ({ user }) as Client

test('a user is there from the first connection to the last, whatever the order', () => {
  const users = new Users()
  const [one, two, three, bob] = [client('ann'), client('ann'), client('ann'), client('bob')]
  for (const each of [one, two, three, bob]) users.add(each)
  expect([users.size, users.count('ann'), users.count('bob'), users.count('eve')]).toEqual([2, 3, 1, 0])
  expect(users.of('ann')).toEqual([one, two, three])
  users.delete(two)
  users.delete(one)
  expect(users.of('ann')).toEqual([three])
  users.add(one)
  users.delete(three)
  users.delete(one)
  expect([users.size, users.of('ann').length, users.of('bob')]).toEqual([1, 0, [bob]])
})

test('who was never added takes nobody along, and who is added twice is there once', () => {
  const users = new Users()
  const [here, stranger] = [client('ann'), client('ann')]
  users.add(here)
  users.add(here)
  users.delete(stranger)
  expect([users.of('ann'), users.count('ann')]).toEqual([[here], 1])
  users.delete(here)
  expect(users.size).toBe(0)
})
