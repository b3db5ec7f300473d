/** What a program that embeds the server can rely on. */
import { expect, test } from 'bun:test'
import { logged, open, startTestServer } from './server.ts'

test('text that a program publishes is JSON: over several lines it becomes one, and what is none is refused', async () => {
  await using server = await startTestServer({ namespaces: { log: logged, '': open } })
  using wire = await server.connect()
  for (const channel of ['log:a', 'a']) {
    await wire.ask({ subscribe: { channel } })
    await server.publish(channel, { data: JSON.stringify({ text: 'two\nlines', list: [1, 2] }, null, 2) })
    await server.publish(channel, { data: new TextEncoder().encode('[1,\n2.0]') })
    for (const data of ['hello', '', '{"a":1}\n{"push":{}}', `${'['.repeat(500)}${']'.repeat(500)}`]) {
      const refused = await server.publish(channel, { data }).catch((error: unknown) => error)
      expect(String(refused)).toStartWith('JsonError')
    }
    await server.publish(channel, { data: '"last"' })
    expect(await wire.publications(3)).toEqual([{ text: 'two\nlines', list: [1, 2] }, [1, 2], 'last'])
  }
  expect(wire.frames.join('')).toContain('[1,2.0]')
})

test('a publish to a channel that cannot be is refused with a code', async () => {
  await using server = await startTestServer()
  const refused = (channel: string) => server.publish(channel, { data: '1' }).catch((error: unknown) => error)
  expect(await refused('nowhere:a')).toMatchObject({ name: 'ClientError', code: 102 })
  expect(await refused(' a')).toMatchObject({ name: 'ClientError', code: 107 })
})
