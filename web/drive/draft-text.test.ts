import { expect, test } from 'bun:test'
import { Dice } from '../../test/dice.ts'
import { DraftText } from './draft-text.ts'

/** What happens later, in the hands of a test: timers, and what is under way in either direction. */
class World {
  readonly dice: Dice
  readonly #queues: (() => void)[][] = []
  #timers: (() => void)[] = []
  draft = '' // the server's
  readonly tell: ((text: string) => void)[] = []
  readonly devices: Device[] = []

  constructor(seed: number) {
    this.dice = new Dice(seed)
  }

  queue(): (() => void)[] {
    const queue: (() => void)[] = []
    this.#queues.push(queue)
    return queue
  }

  after(call: () => void): () => void {
    this.#timers.push(call)
    return () => void (this.#timers = this.#timers.filter((each) => each !== call))
  }

  /** One thing that is due happens. False if nothing is. */
  step(): boolean {
    const busy = this.#queues.filter((queue) => queue.length > 0)
    const due = busy.length + this.#timers.length
    const choice = this.dice.roll(due)
    const queue = busy[choice]
    if (queue !== undefined) queue.shift()?.()
    else {
      const timer = this.#timers[choice - busy.length]
      this.#timers = this.#timers.filter((each) => each !== timer)
      timer?.()
    }
    return due > 0
  }
}

class Device {
  screen = ''
  browser: string | null = null
  readonly draft: DraftText
  readonly #world: World
  readonly #up: (() => void)[]
  readonly #down: (() => void)[]
  isCut = false

  constructor(world: World) {
    this.#world = world
    this.#up = world.queue()
    this.#down = world.queue()
    world.devices.push(this)
    this.draft = new DraftText(
      {
        keep: (text) => (this.browser = text),
        save: (text) => this.#save(text),
        show: (text) => (this.screen = text),
        clock: { now: () => 0, after: (_, call) => world.after(call) },
      },
      null,
    )
  }

  type(text: string): void {
    this.screen = text
    this.draft.typed(text)
  }

  send(): void {
    this.screen = ''
    this.draft.sent()
  }

  hear(text: string): void {
    if (!this.isCut) this.#down.push(() => this.draft.arrived(text))
  }

  /** A connection is made: the list of rooms is asked for. */
  mend(): void {
    this.isCut = false
    this.hear(this.#world.draft)
  }

  /** In the order of a connection; what is cut off may have arrived or not. */
  #save(text: string): Promise<void> {
    const isLost = this.isCut
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#up.push(() => {
      if (!isLost || this.#world.dice.roll(2) === 0) {
        this.#world.draft = text
        for (const device of this.#world.devices) device.hear(text)
      }
      if (isLost) reject(new Error('lost'))
      else this.#down.push(resolve)
    })
    return promise
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('two devices that write, send and lose their connection agree in the end, and nobody’s last words are lost', async () => {
  for (let seed = 1; seed <= 150; seed++) {
    const world = new World(seed)
    const [one, other] = [new Device(world), new Device(world)] as const
    for (const device of world.devices) device.hear('')
    for (let step = 0; step < 60; step++) {
      const device = world.dice.pick([one, other])
      const deed = world.dice.roll(10)
      if (deed < 3) device.type(`${device.screen}${step} `)
      else if (deed === 3) device.send()
      else if (deed === 4 && !device.isCut) device.isCut = true
      else if (deed === 5 && device.isCut) device.mend()
      else world.step()
      await settled()
    }
    for (const device of world.devices) if (device.isCut) device.mend()
    while (world.step()) await settled()
    one.type('the last words')
    while (world.step()) await settled()
    const end = { server: world.draft, screens: world.devices.map(({ screen }) => screen), browser: one.browser }
    const words = 'the last words'
    expect(end, `seed ${seed}`).toEqual({ server: words, screens: [words, words], browser: null })
  }
})

test('what is typed here is not taken away by what the server had before, nor while it is being saved', async () => {
  const world = new World(1)
  const device = new Device(world)
  device.draft.arrived('')
  device.type('half a sentence')
  device.draft.arrived('something older')
  expect(device.screen).toBe('half a sentence')
  world.step() // the pause is over: it is on its way
  device.draft.arrived('something older still')
  expect([device.screen, device.browser]).toEqual(['half a sentence', 'half a sentence'])
})

test('what was kept by the browser goes over what the server has', async () => {
  const saved: string[] = []
  const due: (() => void)[] = []
  const draft = new DraftText(
    {
      keep: () => undefined,
      save: async (text) => saved.push(text),
      show: () => expect.unreachable('nothing is to be shown'),
      clock: { now: () => 0, after: (_, call) => (due.push(call), () => undefined) },
    },
    'written before the reload',
  )
  draft.arrived('older')
  for (const call of due) call()
  expect(saved).toEqual(['written before the reload'])
})
