import { expect, test } from 'bun:test'
import type { Frame } from '../protocol/messages.ts'
import { Flusher, Outbox, type Sink } from './outbox.ts'

/** Takes what it is given, or, while `full`, keeps it in its own buffer. */
class Pipe implements Sink {
  readonly writes: string[][] = []
  waiting = 0
  overflows = 0

  buffered(): number {
    return this.waiting
  }

  write(frames: readonly Frame[]): void {
    this.writes.push(frames.map(String))
  }

  overflow(): void {
    this.overflows++
  }

  get all(): string {
    return this.writes.flat().join('')
  }
}

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve))

function make(limit = 1000) {
  const pipe = new Pipe()
  const flusher = new Flusher()
  return { pipe, flusher, outbox: new Outbox(pipe, flusher, limit) }
}

test('what is pushed in one turn is one write, in order', async () => {
  const { pipe, outbox } = make()
  for (const frame of ['a', 'b', 'c']) outbox.push(frame)
  expect(pipe.writes).toEqual([])
  await turn()
  outbox.push('d')
  await turn()
  expect(pipe.writes).toEqual([['a', 'b', 'c'], ['d']])
})

test('what waits longer than the reader takes passes the limit once, and is not written any more', async () => {
  const { pipe, outbox } = make(10)
  pipe.waiting = 1e6
  outbox.push('12345')
  outbox.push('67890')
  await turn()
  expect([pipe.overflows, pipe.writes]).toEqual([0, []])
  outbox.push('!')
  outbox.push('!')
  pipe.waiting = 0
  outbox.drain()
  await turn()
  expect([pipe.overflows, pipe.writes]).toEqual([1, []])
})

test('what was asked for does not count against the limit, and does not raise it for later', async () => {
  const { pipe, outbox } = make(10)
  for (let n = 0; n < 100; n++) {
    outbox.push('asked for', true)
    outbox.push('x')
    await turn()
  }
  expect([pipe.overflows, pipe.writes.length]).toEqual([0, 100])
})

test('a slow reader that asks for much may not have the more waiting for it', async () => {
  const { pipe, outbox } = make(100_000)
  pipe.waiting = 1e9
  outbox.push('y'.repeat(300_000), true)
  for (let n = 0; n < 50; n++) {
    outbox.push('y'.repeat(300_000), true)
    pipe.waiting = 0
    outbox.flush() // writes one of the two: at no time is all of it taken
    pipe.waiting = 1e9
  }
  expect(pipe.writes).toHaveLength(50)
  let unasked = 0
  while (pipe.overflows === 0 && unasked < 10_000_000) {
    outbox.push('x'.repeat(10_000))
    unasked += 10_000
  }
  expect(unasked).toBeLessThan(2_000_000)
})

test('much in one turn is no fault of a reader that takes it', async () => {
  const { pipe, outbox } = make(10)
  const frames = Array.from({ length: 100 }, (_, n) => `${n},`)
  for (const frame of frames) outbox.push(frame)
  await turn()
  expect([pipe.overflows, pipe.all]).toEqual([0, frames.join('')])
})

test('a full socket is left alone until it drains; then all of it goes', async () => {
  const { pipe, outbox } = make()
  pipe.waiting = 1e6
  outbox.push('a')
  await turn()
  outbox.push('b')
  await turn()
  expect(pipe.writes).toEqual([])
  pipe.waiting = 0
  outbox.drain()
  await turn()
  expect(pipe.writes).toEqual([['a', 'b']])
})

test('much at once is written in parts, all of it and in order', async () => {
  const { pipe, outbox } = make(1e9)
  const frames = Array.from({ length: 1000 }, (_, n) => `${n},`.padEnd(1000, '.'))
  for (const frame of frames) outbox.push(frame)
  for (let n = 0; n < 20; n++) await turn()
  expect(pipe.writes.length).toBeGreaterThan(1)
  expect(pipe.all).toBe(frames.join(''))
})

test('all outboxes of a flusher come to their turn, however many', async () => {
  const flusher = new Flusher()
  const pipes = Array.from({ length: 500 }, () => new Pipe())
  const outboxes = pipes.map((pipe) => new Outbox(pipe, flusher, 1000))
  for (const outbox of outboxes) outbox.push('x')
  for (let n = 0; n < 50 && pipes.some(({ writes }) => writes.length === 0); n++) await turn()
  expect(pipes.every(({ writes }) => writes.length === 1)).toBe(true)
})

test('an outbox that is pushed to while all are flushed is not forgotten', async () => {
  const { pipe, outbox, flusher } = make()
  const echo: Sink = { buffered: () => 0, overflow() {}, write: () => outbox.push('echo') }
  new Outbox(echo, flusher, 1000).push('x')
  await turn()
  await turn()
  expect(pipe.writes).toEqual([['echo']])
})

test('whoever waits for room has it when a quarter of the limit is left, and at the end', async () => {
  const { pipe, outbox } = make(100)
  pipe.waiting = 1e6
  expect(outbox.drained()).toBeUndefined()
  outbox.push('x'.repeat(26))
  let told = 0
  void outbox.drained()?.then(() => told++)
  void outbox.drained()?.then(() => told++)
  await turn()
  expect(told).toBe(0)
  pipe.waiting = 0
  outbox.drain()
  await turn()
  await turn()
  expect(told).toBe(2)
  pipe.waiting = 1e6
  outbox.push('x'.repeat(26))
  void outbox.drained()?.then(() => told++)
  outbox.discard()
  await turn()
  expect(told).toBe(3)
})

test('finishing writes the rest, whatever the socket says, and then takes nothing more', async () => {
  const { pipe, outbox } = make()
  pipe.waiting = 1e6
  outbox.push('last words')
  outbox.finish()
  outbox.push('too late')
  outbox.finish()
  await turn()
  expect(pipe.writes).toEqual([['last words']])
})
