/** Webhooks to real receivers on loopback, which are slow, dead, moved, gone, or hostile. */
import { expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { internetOnly } from '../src/chat/outgoing/policy.ts'
import { check, type Outgoing } from '../src/chat/outgoing/outgoing.ts'
import type { WebhookEvent } from '../src/chat/webhooks/attempt.ts'
import type { Progress, Webhook, WebhookClock, WebhookLog } from '../src/chat/webhooks/delivery.ts'
import { newSecret } from '../src/chat/webhooks/signature.ts'
import { Webhooks } from '../src/chat/webhooks/webhooks.ts'
import { endless, outgoingTo, says, site } from './sites.ts'

const secret = newSecret()
const textOf = (offset: number) => `{"type":"message","text":"第 ${offset} 条","big":9007199254740993}`

/** A room of so many publications, and what is kept of each webhook. */
class Room implements WebhookLog {
  length: number
  readonly progress = new Map<string, Progress>()
  readonly switchedOff = new Map<string, string>()
  #waiting: (() => void)[] = []

  constructor(length: number) {
    this.length = length
  }

  read(_: string, after: number): Promise<readonly WebhookEvent[]> {
    const left = Math.min(10, this.length - after)
    const event = (offset: number) => ({
      room: 'r1',
      offset,
      type: 'message',
      time: 1_700_000_000_000,
      data: textOf(offset),
    })
    return Promise.resolve(Array.from({ length: Math.max(0, left) }, (_each, index) => event(after + 1 + index)))
  }

  async save(id: string, progress: Progress): Promise<void> {
    this.progress.set(id, progress)
    for (const look of this.#waiting) look()
  }

  async switchOff(id: string, because: string, progress: Progress): Promise<void> {
    this.switchedOff.set(id, because)
    await this.save(id, progress)
  }

  webhook(id: string, url: string, secrets: Webhook['secrets'] = [secret]): Webhook {
    return { id, url, secrets, progress: this.progress.get(id) ?? { position: 0 } }
  }

  async until(fulfilled: (room: this) => boolean): Promise<void> {
    if (fulfilled(this)) return
    await new Promise<void>((resolve) => {
      this.#waiting.push(() => fulfilled(this) && resolve())
    })
  }

  at(id: string): number {
    return this.progress.get(id)?.position ?? 0
  }
}

/** Waits are over at once, and count as if they had been waited. */
function leaping(): WebhookClock {
  let leapt = 0
  return {
    now: () => Date.now() + leapt,
    after(ms, task) {
      const timer = setTimeout(() => {
        leapt += ms
        task()
      }, 1)
      return () => clearTimeout(timer)
    },
  }
}

function start(log: WebhookLog, outgoing: Outgoing, clock: WebhookClock = leaping()) {
  const reports: unknown[] = []
  const webhooks = new Webhooks({ outgoing, log, clock, random: () => 0, report: (error) => void reports.push(error) })
  return Object.assign(webhooks, { reports, [Symbol.asyncDispose]: () => webhooks.close() })
}

interface Received {
  readonly headers: Headers
  readonly body: string
}

/** A receiver that notes what it gets. */
function receiver(answer: (offset: number, times: number) => number | Promise<number> = () => 204, port = 0) {
  const got: Received[] = []
  const server = Bun.serve({
    port,
    hostname: '127.0.0.1',
    async fetch(request) {
      const received = { headers: request.headers, body: await request.text() }
      got.push(received)
      return new Response(null, { status: await answer(offsetOf(received), got.length) })
    },
  })
  return {
    got,
    port: server.port ?? 0,
    url: `http://receiver.test:${server.port}/hook?x=1`,
    offsets: () => got.map(offsetOf),
    stop: () => server.stop(true),
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

const offsetOf = ({ body }: Received): number => (JSON.parse(body) as { offset: number }).offset
const upTo = (length: number) => Array.from({ length }, (_, index) => index + 1)

/** As a receiver checks it, written from the specification. */
function isSigned({ headers, body }: Received, by: string): boolean {
  const content = `${headers.get('webhook-id')}.${headers.get('webhook-timestamp')}.${body}`
  const expected = createHmac('sha256', Buffer.from(by.slice(6), 'base64'))
    .update(content)
    .digest('base64')
  const signatures = (headers.get('webhook-signature') ?? '').split(' ').map((each) => each.split(',', 2))
  return signatures.some(([version, signature]) => version === 'v1' && signature === expected)
}

test('a room arrives in order, each publication as it was written, signed', async () => {
  await using there = receiver()
  const room = new Room(25)
  await using webhooks = start(room, outgoingTo(there))
  webhooks.set(room.webhook('w1', there.url))
  await room.until(() => room.at('w1') === 25)
  room.length = 30
  webhooks.wake('w1')
  await room.until(() => room.at('w1') === 30)
  expect(there.offsets()).toEqual(upTo(30))
  expect(there.got.every((each) => isSigned(each, secret))).toBeTrue()
  expect(there.got[6]?.body).toBe(
    `{"type":"message","timestamp":"2023-11-14T22:13:20.000Z","room":"r1","offset":7,"data":${textOf(7)}}`,
  )
  expect(there.got[6]?.headers.get('content-type')).toBe('application/json')
  expect(there.got[6]?.headers.get('webhook-id')).toBe('msg_w1_7')
  expect(Math.abs(Number(there.got[6]?.headers.get('webhook-timestamp')) - Date.now() / 1000)).toBeLessThan(60)
})

test('a receiver that fails gets the same again, with the same id and a new signature', async () => {
  await using there = receiver((_, times) => [500, 404, 302, 429, 200][times - 1] ?? 200)
  const room = new Room(2)
  await using webhooks = start(room, outgoingTo(there))
  webhooks.set(room.webhook('w1', there.url))
  await room.until(() => room.at('w1') === 2)
  expect(there.offsets()).toEqual([1, 1, 1, 1, 1, 2])
  expect(new Set(there.got.map(({ headers }) => headers.get('webhook-id')))).toEqual(new Set(['msg_w1_1', 'msg_w1_2']))
  expect(new Set(there.got.slice(0, 5).map(({ headers }) => headers.get('webhook-timestamp'))).size).toBeGreaterThan(2)
  expect(there.got.every((each) => isSigned(each, secret))).toBeTrue()
})

test('while a secret is changed, both are good; then only the new one', async () => {
  await using there = receiver()
  const room = new Room(1)
  const [old, fresh] = [secret, newSecret()]
  await using webhooks = start(room, outgoingTo(there))
  for (const secrets of [[old], [fresh, old], [fresh]] as const) {
    webhooks.set(room.webhook('w1', there.url, secrets))
    room.length = there.got.length + 1
    webhooks.wake('w1')
    await room.until(() => room.at('w1') === room.length)
  }
  const good = (by: string) => there.got.map((each) => isSigned(each, by))
  expect([good(old), good(fresh)]).toEqual([
    [true, true, false],
    [false, true, true],
  ])
})

test('a receiver that is killed and comes back misses nothing', async () => {
  const room = new Room(40)
  const first = receiver((offset) => (offset === 17 ? new Promise<number>(() => undefined) : 200))
  await using webhooks = start(room, outgoingTo(first))
  webhooks.set(room.webhook('w1', first.url))
  await room.until(() => room.at('w1') === 16)
  await first.stop()
  await room.until(() => (room.progress.get('w1')?.failing?.attempts ?? 0) > 2)
  expect(room.progress.get('w1')?.failing?.because).toMatch(/ECONN/)
  await using second = receiver(() => 200, first.port)
  await room.until(() => room.at('w1') === 40)
  expect(second.offsets()).toEqual(upTo(40).slice(16))
})

test('our own end, in the midst of a delivery, loses nothing either', async () => {
  const room = new Room(30)
  let webhooks = start(room, outgoingTo({ port: 0 }))
  let held: (() => void) | undefined
  await using there = receiver((offset, times) => {
    if (times % 7 !== 3) return 200
    return new Promise<number>((resolve) => {
      held = () => resolve(200)
      void webhooks.close().then(() => {
        held?.()
        webhooks = start(room, outgoingTo(there))
        webhooks.set(room.webhook('w1', there.url))
      })
      void offset
    })
  })
  webhooks = start(room, outgoingTo(there))
  webhooks.set(room.webhook('w1', there.url))
  await room.until(() => room.at('w1') === 30)
  await webhooks.close()
  const offsets = there.offsets()
  expect([...new Set(offsets)]).toEqual(upTo(30))
  // What was under way comes again, and only that.
  expect(offsets.filter((offset, at) => offset !== (offsets[at - 1] ?? 0) + 1 && offset !== offsets[at - 1])).toEqual(
    [],
  )
  expect(offsets.length).toBeGreaterThan(30)
})

test('a receiver that never answers delays only itself', async () => {
  await using dead = await site(() => undefined)
  await using alive = receiver()
  const room = new Room(20)
  await using webhooks = start(room, outgoingTo(dead, alive))
  for (let each = 0; each < 100; each++) webhooks.set(room.webhook(`dead${each}`, dead.url))
  webhooks.set(room.webhook('alive', alive.url))
  await room.until(() => room.at('alive') === 20)
  expect(alive.offsets()).toEqual(upTo(20))
  expect(dead.opened()).toBeLessThanOrEqual(8)
})

test('410 switches off; the place is kept for who switches it on again', async () => {
  await using there = receiver((offset, times) => (offset === 5 && times < 6 ? 410 : 200))
  const room = new Room(8)
  await using webhooks = start(room, outgoingTo(there))
  webhooks.set(room.webhook('w1', there.url))
  await room.until(() => room.switchedOff.has('w1'))
  expect(room.switchedOff.get('w1')).toContain('410')
  expect(room.at('w1')).toBe(4)
  await webhooks.remove('w1')
  webhooks.set({ ...room.webhook('w1', there.url), progress: { position: room.at('w1') } })
  await room.until(() => room.at('w1') === 8)
  expect(there.offsets()).toEqual([1, 2, 3, 4, 5, 5, 6, 7, 8])
})

test('a receiver that was away for three days is given up, with a record of why', async () => {
  await using there = await says('503 Service Unavailable\r\nretry-after: 86400')
  const room = new Room(1)
  await using webhooks = start(room, outgoingTo(there))
  webhooks.set(room.webhook('w1', there.url))
  await room.until(() => room.switchedOff.has('w1'))
  expect(room.switchedOff.get('w1')).toBe('no delivery for three days; the last attempt: the receiver answered 503')
  expect(there.opened()).toBe(4) // one a day, as it asked
})

test('an answer is not waited for beyond its head', async () => {
  await using there = await site((socket, _, self) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    endless(socket, self, 'x'.repeat(65_536))
  })
  const room = new Room(3)
  await using webhooks = start(room, outgoingTo(there))
  webhooks.set(room.webhook('w1', there.url))
  await room.until(() => room.at('w1') === 3)
})

test('a webhook reaches nothing inside, not by a redirect either', async () => {
  await using secrets = await says('200 OK', 'secret')
  await using there = await says(`307 Temporary Redirect\r\nlocation: http://127.0.0.1:${secrets.port}/`)
  const room = new Room(1)
  const real: Outgoing = { ...outgoingTo(), admits: internetOnly({ ports: [secrets.port] }) }
  await using inside = start(room, real, { now: Date.now, after: () => () => undefined })
  await using redirected = start(room, outgoingTo(there), { now: Date.now, after: () => () => undefined })
  inside.set(room.webhook('w1', `http://receiver.test:${secrets.port}/`))
  redirected.set(room.webhook('w2', there.url))
  await room.until(() => room.progress.size === 2)
  expect(room.progress.get('w1')?.failing?.because).toBe('receiver.test has no address that may be reached from here')
  expect(room.progress.get('w2')?.failing?.because).toContain('redirects are not followed')
  expect(secrets.opened()).toBe(0)
})

test('who sets up a URL that cannot be reached is told at once; what the operator allows can', async () => {
  const outgoing = (allow: readonly string[]): Outgoing => ({ ...outgoingTo(), admits: internetOnly({ allow }) })
  expect(await check(outgoing([]), 'http://bot.internal:3000/')).toEqual({
    failed: 'host',
    because: 'bot.internal has no address that may be reached from here',
  })
  expect(await check(outgoing([]), 'ftp://bot.internal/')).toMatchObject({ failed: 'url' })
  expect(await check(outgoing(['bot.internal:3000']), 'http://bot.internal:3000/')).toBeUndefined()
})
