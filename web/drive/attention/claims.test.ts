import { expect, test } from 'bun:test'
import { Dice } from '../../../test/dice.ts'
import { Claims } from './claims.ts'

/** Tabs whose words are on their way for a while, and who wait longer than that; background tabs wait much longer. */
function tabs(count: number, dice: Dice, looking?: number) {
  const hearers: ((word: unknown) => void)[] = []
  const due: { at: number; call: () => void }[] = []
  let now = 0
  const after = (delay: number, call: () => void) => void due.push({ at: now + delay, call })
  const claims = Array.from({ length: count }, (_, index) => {
    const bus = {
      post: (word: unknown) => {
        for (const [to, hear] of hearers.entries()) if (to !== index) after(dice.roll(5), () => hear(word))
      },
      listen: (hear: (word: unknown) => void) => void hearers.push(hear),
    }
    const pause = dice.pick([10, 10, 50])
    const isNoNews = () => index === looking
    return new Claims(bus, `tab ${dice.roll(1000)} ${index}`, isNoNews, () => new Promise((done) => after(pause, done)))
  })
  const run = async () => {
    for (;;) {
      due.sort((one, other) => one.at - other.at)
      const next = due.shift()
      if (next === undefined) return
      now = next.at
      next.call()
      await new Promise((done) => setImmediate(done))
    }
  }
  return { claims, after, run }
}

test('of all tabs that a message reaches, each in its time, exactly one tells of it', async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const dice = new Dice(seed)
    const { claims, after, run } = tabs(2 + dice.roll(4), dice)
    let told = 0
    for (const tab of claims) after(dice.roll(40), () => void tab.win('tea 7').then((wins) => (told += Number(wins))))
    await run()
    expect(told, `seed ${seed}`).toBe(1)
  }
})

test('while somebody looks at the room, nobody tells, also those who hear of the message first', async () => {
  const dice = new Dice(1)
  const { claims, after, run } = tabs(3, dice, 0)
  const won: boolean[] = []
  for (const tab of claims.slice(1)) after(dice.roll(4), () => void tab.win('tea 7').then((wins) => won.push(wins)))
  await run()
  expect(won).toEqual([false, false])
})
