import { expect, test } from 'bun:test'
import { HostQueue } from './host-queue.ts'

const limits = { running: 3, runningPerHost: 2, waiting: 4, waitingPerHost: 3 }

/** Work that ends when it is told to. */
function bench(queue = new HostQueue(limits)) {
  const running: { name: string; end: () => void }[] = []
  const begin = (host: string, name: string) =>
    queue.run(host, () => {
      const { promise, resolve } = Promise.withResolvers<string>()
      running.push({ name, end: () => resolve(name) })
      return promise
    })
  const end = async (name: string) => {
    const [found] = running.splice(
      running.findIndex((each) => each.name === name),
      1,
    )
    found?.end()
    await Bun.sleep(0)
  }
  return { begin, end, names: () => running.map(({ name }) => name) }
}

test('so much runs at a time, and what waits follows in order', async () => {
  const { begin, end, names } = bench()
  const all = ['a', 'b', 'c', 'd', 'e'].map((host) => begin(host, host))
  expect(names()).toEqual(['a', 'b', 'c'])
  await end('b')
  expect(names()).toEqual(['a', 'c', 'd'])
  for (const host of ['a', 'c', 'd', 'e']) await end(host)
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('a slow host keeps its own places only', async () => {
  const { begin, end, names } = bench()
  for (const name of ['s1', 's2', 's3', 's4']) void begin('slow', name)
  void begin('quick', 'q1')
  expect(names()).toEqual(['s1', 's2', 'q1'])
  await end('q1')
  void begin('quick', 'q2')
  expect(names()).toEqual(['s1', 's2', 'q2'])
  await end('s1')
  expect(names()).toEqual(['s2', 'q2', 's3'])
})

test('what finds no place is not done', async () => {
  const { begin, names } = bench()
  for (const name of ['s1', 's2', 's3', 's4', 's5']) void begin('slow', name)
  expect(await begin('slow', 's6')).toBeUndefined() // three of this host are waiting
  void begin('quick', 'q1')
  void begin('quick', 'q2')
  expect(await begin('other', 'o1')).toBeUndefined() // four are waiting
  expect(names()).toEqual(['s1', 's2', 'q1'])
})

test('work that fails makes room like any other', async () => {
  const queue = new HostQueue({ ...limits, running: 1 })
  const failed = queue.run('a', () => Promise.reject(new Error('no')))
  const after = queue.run('a', () => Promise.resolve('yes'))
  expect(failed).rejects.toThrow('no')
  expect(await after).toBe('yes')
})
