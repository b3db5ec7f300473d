import { expect, test } from 'bun:test'
import { ChatError } from '../errors.ts'
import { type Hasher, Passwords } from './passwords.ts'

/** Counts what is done, and ends it when it is told to. */
function counting() {
  const asked: string[] = []
  const waiting: (() => void)[] = []
  let held = false
  const turn = () => (held ? new Promise<void>((resolve) => waiting.push(resolve)) : Promise.resolve())
  const hasher: Hasher = {
    async hash(password) {
      asked.push('hash')
      await turn()
      return `hash of ${password}`
    },
    async verify(password, hash) {
      asked.push('verify')
      await turn()
      return hash === `hash of ${password}`
    },
  }
  return { asked, waiting, hasher, hold: () => (held = true) }
}

const kindOf = (error: unknown) => (error instanceof ChatError ? error.kind : String(error))
const refusal = (work: Promise<unknown>) => work.then(() => 'done', kindOf)

test('a password is kept as argon2id, and known again, however its letters are composed', async () => {
  const passwords = new Passwords()
  const kept = await passwords.hash('crème brûlée')
  expect(kept).toStartWith('$argon2id$v=19$m=19456,t=2,p=1$')
  expect(await passwords.verify('crème brûlée'.normalize('NFD'), kept)).toBe(true)
  expect(await passwords.verify('creme brulee', kept)).toBe(false)
})

test('a password has a length', async () => {
  const passwords = new Passwords(counting().hasher)
  for (const password of ['', '1234567', '七个汉字还不够'.slice(0, 7), 'x'.repeat(1025), '汉'.repeat(342)])
    expect(await refusal(passwords.hash(password))).toBe('badPassword')
  for (const password of ['12345678', '八个汉字就已经够', 'x'.repeat(1024)])
    expect(await refusal(passwords.hash(password))).toBe('done')
})

test('for somebody who is not there, the same is done as for a wrong password', async () => {
  const { hasher, asked } = counting()
  const passwords = new Passwords(hasher)
  const kept = await passwords.hash('the right one')
  await passwords.verify('warming up', kept)
  const work = async (password: string, hash: string | undefined) => {
    asked.length = 0
    expect(await passwords.verify(password, hash)).toBe(false)
    return [...asked]
  }
  expect(await work('a wrong one', kept)).toEqual(['verify'])
  expect(await work('a wrong one', undefined)).toEqual(['verify'])
  expect(await work('x'.repeat(5000), kept)).toEqual(['verify'])
  expect(await work('the password of nobody', undefined)).toEqual(['verify'])
})

test('few are worked on at once, some wait, and the others are told to come again', async () => {
  const { hasher, waiting, asked, hold } = counting()
  const passwords = new Passwords(hasher)
  hold()
  const all = Array.from({ length: 100 }, () => refusal(passwords.hash('long enough')))
  await Bun.sleep(0)
  expect(asked).toHaveLength(2)
  for (let done = 0; done < 66; done++) {
    while (waiting.length === 0) await Bun.sleep(0)
    expect(waiting.length).toBeLessThanOrEqual(2)
    waiting.shift()?.()
  }
  const ends = await Promise.all(all)
  expect(ends.filter((end) => end === 'done')).toHaveLength(66)
  expect(ends.filter((end) => end === 'tooMany')).toHaveLength(34)
  expect(await Promise.race([refusal(passwords.hash('long enough')), Bun.sleep(5).then(() => 'held')])).toBe('held')
})
