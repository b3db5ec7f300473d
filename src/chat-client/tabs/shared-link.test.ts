import { expect, test } from 'bun:test'
import { Dice } from '../../../test/dice.ts'
import { CallError } from '../errors.ts'
import type { Entry, Follower, Link, LinkState } from '../link.ts'
import { Watched } from '../observable.ts'
import type { PositionView } from '../types.ts'
import { SharedLink } from './shared-link.ts'
import { TestBrowser } from './test-tabs.ts'

/** A log, and connections to it that tell each entry later and can be cut. */
class Log {
  readonly entries: Entry[] = []
  readonly later: (() => void)[] = []
  connections = 0

  write(text: string): void {
    this.entries.push({ data: text, offset: this.entries.length + 1 })
  }
}

class LogLink implements Link {
  readonly state = new Watched<LinkState>('connected')
  readonly #log: Log
  readonly #follows = new Set<{ at: number; follower: Follower }>()
  isClosed = false

  constructor(log: Log) {
    this.#log = log
    log.connections++
  }

  async call(method: string, input: unknown): Promise<unknown> {
    if (method === 'refuse') throw new CallError(403, 'no', { kind: 'forbidden' })
    await new Promise<void>((resolve) => this.#log.later.push(resolve))
    return input
  }

  follow(channel: string, since: PositionView, follower: Follower): () => void {
    for (const each of this.#follows) if (each.follower === follower) throw new Error(`${channel} is followed twice`)
    const following = { at: since.offset, follower }
    this.#follows.add(following)
    return () => void this.#follows.delete(following)
  }

  /** Hands on the next entry to one of those that wait for it. */
  deliver(random: () => number): boolean {
    const behind = [...this.#follows].filter(({ at }) => at < this.#log.entries.length)
    const one = behind[Math.floor(random() * behind.length)]
    const entry = one && this.#log.entries[one.at]
    if (one === undefined || entry === undefined || this.isClosed) return false
    one.at++
    one.follower.receive(entry)
    return true
  }

  inbox = () => () => {}
  connected = (tell: () => void) => (tell(), () => {})
  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#follows.clear()
    this.#log.connections--
  }
}

class TestTime {
  #calls: { at: number; call: () => void }[] = []
  #now = 1
  now = () => this.#now
  after(delay: number, call: () => void): () => void {
    const timer = { at: this.#now + delay, call }
    this.#calls.push(timer)
    return () => void (this.#calls = this.#calls.filter((each) => each !== timer))
  }
  pass(time: number): void {
    this.#now += time
    const due = this.#calls.filter(({ at }) => at <= this.#now)
    this.#calls = this.#calls.filter(({ at }) => at > this.#now)
    for (const { call } of due) call()
  }
}

interface Seen {
  readonly id: string
  readonly link: SharedLink
  readonly began: number
  readonly got: number[]
}

function scene(seed: number) {
  const dice = new Dice(seed)
  const random = () => dice.roll(1_000_000) / 1_000_000
  const browser = new TestBrowser(random)
  const [log, time] = [new Log(), new TestTime()]
  const links = new Map<string, LogLink>()
  const open = (id: string): Seen => {
    const made = () => {
      const link = new LogLink(log)
      links.set(id, link)
      return link
    }
    const link = new SharedLink(browser.open(id), time, made)
    const [began, got]: [number, number[]] = [Math.floor(random() * (log.entries.length + 1)), []]
    link.follow('room', { offset: began, epoch: 'e' }, { receive: ({ offset }) => got.push(offset) })
    return { id, link, began, got }
  }
  const settle = () => {
    for (let isBusy = true; isBusy;) {
      isBusy = browser.step()
      for (const link of links.values()) isBusy = link.deliver(random) || isBusy
    }
  }
  return { random, browser, log, time, links, open, settle }
}

const seeds = Array.from({ length: 300 }, (_, each) => each + 1)

test('whatever tabs come, go, crash, sleep and hang, each sees every entry once and in order', () => {
  for (const seed of seeds) {
    const { random, browser, log, time, links, open, settle } = scene(seed)
    let tabs: Seen[] = []
    const asleep = new Set<Seen>()
    let names = 0
    const one = () => tabs[Math.floor(random() * tabs.length)]
    for (let step = 0; step < 400; step++) {
      const dies = random()
      if (tabs.length === 0 || (dies < 0.02 && tabs.length < 5)) tabs.push(open(`tab ${++names}`))
      else if (dies < 0.04) {
        const tab = one()
        tabs = tabs.filter((each) => each !== tab)
        if (tab === undefined) continue
        if (random() < 0.5) tab.link.close()
        else {
          browser.crash(tab.id)
          const link = links.get(tab.id)
          if (link !== undefined && !link.isClosed) link.close()
        }
      } else if (dies < 0.06) {
        const tab = one()
        if (tab === undefined) continue
        if (asleep.delete(tab)) tab.link.resume()
        else {
          asleep.add(tab)
          tab.link.pause()
        }
      } else if (dies < 0.07) time.pass(5000)
      else if (dies < 0.08) one()?.link.wake()
      else if (dies < 0.3) log.write(`${step}`)
      else if (dies < 0.6) browser.step()
      else for (const link of links.values()) link.deliver(random)
    }
    for (const tab of tabs) tab.link.resume()
    settle()
    time.pass(20_000)
    settle()
    for (const { began, got, id } of tabs) {
      const expected = Array.from({ length: log.entries.length - began }, (_, each) => began + 1 + each)
      expect(got, `seed ${seed}, ${id}`).toEqual(expected)
    }
    if (tabs.length > 0) expect(log.connections, `seed ${seed}`).toBe(1)
  }
})

test('a call that is under way when the leader crashes is answered with "offline"; one that waits for a leader is made', async () => {
  const { browser, log, links, open, settle } = scene(1)
  open('one')
  const other = open('other')
  settle()
  const lost = other.link.call('echo', 1)
  settle()
  browser.crash('one')
  links.get('one')?.close()
  settle()
  expect(await lost.catch((error: unknown) => (error instanceof CallError ? error.kind : error))).toBe('offline')
  const asked = other.link.call('echo', { two: 2 })
  settle()
  for (const answer of log.later.splice(0)) answer()
  expect(await asked).toEqual({ two: 2 })
})

test('what the server refuses is refused in every tab with its name', async () => {
  const { open, settle } = scene(2)
  open('one')
  const refused = async () => {
    const call = other.link.call('refuse', {})
    call.catch(() => undefined)
    settle()
    await new Promise((resolve) => setImmediate(resolve))
    settle()
    return call.catch((error: unknown) => error)
  }
  const other = open('other')
  settle()
  const error = await refused()
  expect(error).toBeInstanceOf(CallError)
  expect(error).toMatchObject({ code: 403, kind: 'forbidden', temporary: false, message: 'no' })
})

test('the lead is taken from a tab that does not answer, and when that one runs again it obeys', () => {
  const { browser, log, time, links, open, settle } = scene(3)
  const first = open('first')
  settle()
  const second = open('second')
  const deaf = browser.deafen('first')
  second.link.wake()
  settle()
  expect(browser.leader).toBe('first')
  time.pass(5000)
  deaf()
  settle()
  expect(browser.leader).toBe('second')
  expect(first.link.leads.value).toBe(false)
  expect(links.get('first')?.isClosed).toBe(true)
  log.write('a')
  settle()
  expect([first.got, second.got]).toEqual([[1], [1]])
})
