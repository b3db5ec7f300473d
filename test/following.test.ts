/** What reaches those who follow a channel with history: with a position and without, kept and not kept. */
import { expect, test } from 'bun:test'
import { open, startTestServer } from './server.ts'

const kept = { ...open, history_size: 10, history_ttl: '1h', allow_recovery: true }

test('who follows a channel with history without a position gets what is published from then on', async () => {
  await using server = await startTestServer({ namespaces: { news: kept } })
  await server.api('publish', { channel: 'news:a', data: 'before' })
  const reader = await server.connect()
  expect((await reader.ask({ subscribe: { channel: 'news:a' } })).subscribe).toEqual({})
  await server.api('publish', { channel: 'news:a', data: 'one' })
  await server.api('publish', { channel: 'news:a', data: 'two' })
  expect((await reader.push('pub')).pub).toEqual({ data: 'one', offset: 2 })
  expect((await reader.push('pub')).pub).toEqual({ data: 'two', offset: 3 })
})

test('what is not to be kept is handed to everybody who follows, has no offset, and moves nobody', async () => {
  await using server = await startTestServer({ namespaces: { news: kept } })
  const [plain, positioned] = [await server.connect(), await server.connect()]
  await plain.ask({ subscribe: { channel: 'news:a' } })
  await positioned.ask({ subscribe: { channel: 'news:a', recoverable: true } })
  await server.api('publish', { channel: 'news:a', data: 'kept' })
  await server.api('publish', { channel: 'news:a', data: 'not kept', skip_history: true })
  await server.api('publish', { channel: 'news:a', data: 'kept, too' })
  for (const reader of [plain, positioned]) {
    expect((await reader.push('pub')).pub?.offset).toBe(1)
    expect((await reader.push('pub')).pub).toEqual({ data: 'not kept' })
    expect((await reader.push('pub')).pub).toEqual({ data: 'kept, too', offset: 2 })
  }
})
