import { expect, test } from 'bun:test'
import { Announcer } from './announcer.ts'

/** A clock that is moved by hand, and what was said by it. */
function announcer() {
  let now = 0
  const timers: { at: number; call: () => void }[] = []
  const said: string[] = []
  const speaker = new Announcer<string>((delay, call) => timers.push({ at: now + delay, call }))
  speaker.said.subscribe(() => said.push(speaker.said.value?.news.join(', ') ?? ''))
  function pass(time: number): void {
    const end = now + time
    for (;;) {
      const next = timers.toSorted((one, other) => one.at - other.at)[0]
      if (next === undefined || next.at > end) break
      timers.splice(timers.indexOf(next), 1)
      now = next.at
      next.call()
    }
    now = end
  }
  return { speaker, said, pass }
}

test('one message is said as it is, soon', () => {
  const { speaker, said, pass } = announcer()
  speaker.arrived(['Ann: hello'])
  expect(said).toEqual([])
  pass(500)
  expect(said).toEqual(['Ann: hello'])
})

test('what comes at once, or while one listens, is one; nothing is said twice', () => {
  const { speaker, said, pass } = announcer()
  speaker.arrived(['one'])
  pass(500)
  for (const text of ['two', 'three', 'four']) speaker.arrived([text])
  pass(500)
  expect(said).toEqual(['one'])
  pass(1500)
  expect(said).toEqual(['one', 'two, three, four'])
  speaker.arrived(['five', 'six'])
  pass(2000)
  expect(said).toEqual(['one', 'two, three, four', 'five, six'])
})

test('the same words said again are another announcement', () => {
  const { speaker, pass } = announcer()
  speaker.arrived(['hello'])
  pass(5000)
  const first = speaker.said.value
  speaker.arrived(['hello'])
  pass(5000)
  expect(speaker.said.value?.news).toEqual(['hello'])
  expect(speaker.said.value?.id).not.toBe(first?.id)
})

test('what was said goes, and what concerns nobody any more is not said', () => {
  const { speaker, said, pass } = announcer()
  speaker.arrived(['one'])
  pass(500)
  speaker.arrived(['two'])
  speaker.forget()
  pass(20_000)
  expect(said).toEqual(['one', ''])
})
