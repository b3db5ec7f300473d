import { expect, test } from 'bun:test'
import { CallError, unanswered } from './errors.ts'
import type { Link, LinkState } from './link.ts'
import { Watched } from './observable.ts'
import { sooner } from './sooner.ts'

function make(state: LinkState = 'connecting') {
  const listeners = new Set<() => void>()
  const link: Link = {
    state: new Watched(state),
    call: async () => undefined,
    follow: () => () => {},
    inbox: () => () => {},
    connected(tell) {
      listeners.add(tell)
      return () => void listeners.delete(tell)
    },
    close: () => {},
  }
  const connect = () => {
    for (const tell of listeners) tell()
  }
  return { link, connect, listeners }
}

const never = () => new Promise<string>(() => {})
const fail = (error: unknown) => async (): Promise<string> => {
  throw error
}

test('an answer over HTTP is taken while the connection is being made', async () => {
  const { link, listeners } = make()
  expect(await sooner(link, async () => 'HTTP', never)).toBe('HTTP')
  expect(listeners.size).toBe(0)
})

test('HTTP that says nothing is not waited for once there is a connection', async () => {
  const { link, connect } = make()
  const answer = sooner(link, never, async () => 'link')
  connect()
  expect(await answer).toBe('link')
})

test('where HTTP gets no answer, the connection is asked', async () => {
  for (const error of [unanswered(), new CallError(430, 'later', { temporary: true })])
    expect(await sooner(make().link, fail(error), async () => 'link')).toBe('link')
})

test('what is refused is refused', async () => {
  const refused = new CallError(404, 'There is no such room')
  const answer = sooner(make().link, fail(refused), async () => 'link')
  expect(await answer.catch((error: unknown) => error)).toBe(refused)
})

test('with a connection, or where there is none to be had, it is asked as ever', async () => {
  for (const state of ['connected', 'offline', 'refused'] as const)
    expect(await sooner(make(state).link, never, async () => 'link')).toBe('link')
})
