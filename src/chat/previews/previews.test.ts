import { expect, test } from 'bun:test'
import type { Preview } from './preview.ts'
import { type PreviewLimits, Previews } from './previews.ts'

const found = (url: string): Preview => ({ url, host: new URL(url).host, title: 'title' })

function previews(limits: Partial<PreviewLimits> = {}) {
  const clock = { now: 0 }
  const asked: { url: string; answer: (found?: Preview) => Promise<void>; signal: AbortSignal }[] = []
  const made = new Previews({
    now: () => clock.now,
    limits,
    make(url, signal) {
      const { promise, resolve } = Promise.withResolvers<Preview | undefined>()
      asked.push({ url, signal, answer: (preview) => (resolve(preview), Bun.sleep(0)) })
      return promise
    },
  })
  return { clock, asked, previews: made }
}

test('a link is asked once, however many want it', async () => {
  const { asked, previews: made } = previews()
  const all = [made.of('http://a.test/'), made.of('http://a.test/')]
  await asked[0]?.answer(found('http://a.test/'))
  all.push(made.of('http://a.test/'))
  expect(await Promise.all(all)).toEqual(Array.from({ length: 3 }, () => found('http://a.test/')))
  expect(asked.length).toBe(1)
})

test('what was found is kept for a while, and a failure for a shorter one', async () => {
  const { asked, clock, previews: made } = previews({ keptFor: 100, failureKeptFor: 10 })
  for (const url of ['http://a.test/', 'http://b.test/']) void made.of(url)
  await asked[0]?.answer(found('http://a.test/'))
  await asked[1]?.answer()
  clock.now = 9
  expect(await made.of('http://b.test/')).toBeUndefined()
  expect(asked.length).toBe(2)
  clock.now = 10
  void made.of('http://b.test/')
  expect(await made.of('http://a.test/')).toBeDefined()
  expect(asked.length).toBe(3)
  clock.now = 100
  void made.of('http://a.test/')
  expect(asked.length).toBe(4)
})

test('when there is too much to do, there is no preview, and it may be asked for again', async () => {
  const { asked, previews: made } = previews({ running: 1, runningPerHost: 1, waiting: 1, waitingPerHost: 1 })
  const urls = ['http://a.test/', 'http://b.test/', 'http://c.test/']
  const [, , third] = urls.map((url) => made.of(url))
  expect(await third).toBeUndefined()
  await asked[0]?.answer()
  await asked[1]?.answer()
  void made.of('http://c.test/')
  expect(asked.map(({ url }) => url)).toEqual(urls)
})

test('a failure of ours is passed on and not kept', async () => {
  let times = 0
  const made = new Previews({
    make: () => (++times === 1 ? Promise.reject(new Error('bug')) : Promise.resolve(undefined)),
  })
  expect(made.of('http://a.test/')).rejects.toThrow('bug')
  await Bun.sleep(0)
  expect(await made.of('http://a.test/')).toBeUndefined()
  expect(times).toBe(2)
})

test('closing ends what is under way, and begins nothing', async () => {
  const { asked, previews: made } = previews({ running: 1 })
  const [first, second] = [made.of('http://a.test/'), made.of('http://b.test/')]
  made.close()
  expect(asked[0]?.signal.aborted).toBeTrue()
  await asked[0]?.answer()
  expect(await Promise.all([first, second])).toEqual([undefined, undefined])
  expect(asked.length).toBe(1)
})
