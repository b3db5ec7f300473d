import { expect, test } from 'bun:test'
import { ChatError } from '../errors.ts'
import { type Attempt, LoginAttempts } from './login-attempts.ts'

function guessing() {
  let now = 0
  const attempts = new LoginAttempts(() => now)
  return {
    attempts,
    pass: (time: number) => (now += time),
    /** How long to wait; 0 if it may be tried. */
    guess: (attempt: Attempt): number => {
      try {
        attempts.begin(attempt)
        return 0
      } catch (error) {
        if (error instanceof ChatError) return error.retryAfter ?? -1
        throw error
      }
    },
  }
}

const ann = { name: 'ann', isFamiliar: false }

test('from one network an account is guessed ten times in ten minutes', () => {
  const { guess, pass } = guessing()
  for (let n = 0; n < 10; n++) expect(guess({ ...ann, network: 'one' })).toBe(0)
  expect(guess({ ...ann, network: 'one' })).toBe(60_000)
  expect(guess({ ...ann, name: 'bob', network: 'one' })).toBe(0)
  pass(60_000)
  expect(guess({ ...ann, network: 'one' })).toBe(0)
})

test('many networks together do not guess much more, and leave the owner alone', () => {
  const { guess, pass } = guessing()
  let tried = 0
  for (let n = 0; n < 1000; n++) if (guess({ ...ann, network: `bot ${n}` }) === 0) tried++
  expect(tried).toBe(20)
  expect(guess({ ...ann, network: 'at home', isFamiliar: true })).toBe(0)
  expect(guess({ ...ann, network: 'on a journey' })).toBeLessThanOrEqual(60_000)
  pass(60_000)
  expect(guess({ ...ann, network: 'on a journey' })).toBe(0)
})

test('who knew the password has failed never', () => {
  const { guess, attempts } = guessing()
  const here = { ...ann, network: 'one' }
  for (let n = 0; n < 100; n++) {
    expect(guess(here)).toBe(0)
    attempts.succeeded(here)
  }
})
