/**
 * The server is killed with -9 again and again while people write. They are
 * told so by a thin bar, nothing is lost or there twice, all see the same, and
 * what somebody is just writing stays. A failure names its seed: KILL_SEED=….
 */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { chromiumPath } from '../chromium.ts'
import { Dice } from '../dice.ts'
import { openMortalApp } from './mortal.ts'
import {
  allTexts,
  bar,
  composer,
  draws,
  eventually,
  isCalm,
  roomWith,
  said,
  shows,
  type Visitor,
  write,
} from './support.ts'

setDefaultTimeout(400_000) // against waiting for ever

const scene = test.skipIf(chromiumPath === undefined)
const seed = Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const kills = 4

scene('the server is killed again and again while both write: nothing is lost, doubled or out of order', async () => {
  const dice = new Dice(seed)
  try {
    await using app = await openMortalApp()
    const [ann, bob] = [await app.enter('Ann'), await app.enter('Bob')]
    const room = await roomWith(ann, [bob], ['hello'])
    const [hers, his] = [await ann.visit(`/r/${room}`), await bob.visit(`/r/${room}`)]
    const both = [new Writer('Ann', hers, dice), new Writer('Bob', his, dice)] as const
    for (const { page } of [hers, his]) await said(page, 'hello')
    for (let round = 0; round < kills; round++) {
      const die = async () => {
        await Bun.sleep(dice.roll(1500))
        await app.server.kill()
      }
      await Promise.all([die(), ...both.map((writer) => writer.write(2 + dice.roll(4)))])
      const halves = await Promise.all(both.map((writer) => writer.begin(round)))
      for (const { page } of [hers, his])
        await bar(page)
          .getByText(/You are offline|Connecting/)
          .waitFor()
      await app.server.start()
      for (const { page } of [hers, his]) await shows(bar(page), 0, 60_000)
      for (const [index, { page }] of [hers, his].entries())
        expect(await composer(page).inputValue()).toBe(halves[index] ?? '')
    }
    const all = both.flatMap(({ written }) => written)
    const texts = await eventually(
      () => allTexts(ann, room),
      (there) => there.length > all.length,
      60_000,
    )
    expect(texts.toSorted()).toEqual([...all, 'hello'].toSorted())
    for (const { written } of both) expect(texts.filter((text) => written.includes(text))).toEqual(written)
    for (const { page } of [hers, his]) await draws(page, texts)
    expect(app.server.faults).toEqual([])
    isCalm(hers, his)
  } catch (error) {
    throw new Error(`with KILL_SEED=${seed}`, { cause: error })
  }
})

class Writer {
  readonly written: string[] = []
  readonly #name: string
  readonly #at: Visitor
  readonly #dice: Dice

  constructor(name: string, at: Visitor, dice: Dice) {
    this.#name = name
    this.#at = at
    this.#dice = dice
  }

  async write(count: number): Promise<void> {
    for (; count > 0; count--) {
      const text = `${this.#name} says ${this.written.length}.`
      this.written.push(text)
      await write(this.#at.page, text)
      await Bun.sleep(this.#dice.roll(400))
    }
  }

  /** A sentence that is not sent. */
  async begin(round: number): Promise<string> {
    const half = `half a sentence ${round} of ${this.#name}`
    await composer(this.#at.page).fill(half)
    return half
  }
}
