/** What reaches a subscriber in a channel with history, besides what is kept and recovered. */
import { expect, test } from 'bun:test'
import { logged, startTestServer } from './server.ts'

const namespaces = { kept: logged, loose: { ...logged, force_recovery: false } }

test('a subscriber that keeps no position is handed what is published', async () => {
  await using server = await startTestServer({ namespaces })
  await server.api('publish', { channel: 'loose:room', data: 'before' })
  const wire = await server.connect('ann')
  expect((await wire.ask({ subscribe: { channel: 'loose:room' } })).subscribe).toEqual({})
  for (const data of ['one', 'two']) await server.api('publish', { channel: 'loose:room', data })
  expect((await wire.push('pub')).pub).toEqual({ data: 'one', offset: 2 })
  expect((await wire.push('pub')).pub).toEqual({ data: 'two', offset: 3 })
})

test.each(['kept:room', 'loose:room'])(
  'a publication that is not kept reaches who is in %s, in its turn',
  async (channel) => {
    await using server = await startTestServer({ namespaces })
    const wire = await server.connect('ann')
    await wire.ask({ subscribe: { channel } })
    await server.api('publish', { channel, data: 'kept' })
    await server.api('publish', { channel, data: 'typing…', skip_history: true })
    await server.api('publish', { channel, data: 'kept, too' })
    expect((await wire.push('pub')).pub).toMatchObject({ data: 'kept', offset: 1 })
    expect((await wire.push('pub')).pub).toEqual({ data: 'typing…' })
    expect((await wire.push('pub')).pub).toEqual({ data: 'kept, too', offset: 2 })
  },
)
