/** `posthouse serve` as its user meets it: a process, a terminal, signals. */
import { afterEach, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const main = join(import.meta.dir, '../src/cli/main.ts')
const running: Bun.Subprocess[] = []
const folders: string[] = []

afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL')
    await child.exited
  }
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true })
})

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'posthouse-serve-'))
  folders.push(made)
  return made
}

interface Started {
  readonly child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>
  readonly output: () => string // the log
  readonly said: () => string // to people
  readonly url: string
}

/** Starts a server and waits until it listens. */
async function start(data: string, ...flags: string[]): Promise<Started> {
  const child = Bun.spawn([process.execPath, main, 'serve', '--data', data, '--port', '0', ...flags], {
    env: { ...process.env, NO_COLOR: '1' },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  running.push(child)
  let text = ''
  let said = ''
  void (async () => {
    for await (const chunk of child.stderr) said += new TextDecoder().decode(chunk)
  })()
  const listening = Promise.withResolvers<string>()
  void (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of child.stdout) {
      text += decoder.decode(chunk, { stream: true })
      const port = /"url":"http:\/\/[^"]*:(\d+)\/"/.exec(text)?.[1]
      if (port !== undefined) listening.resolve(`http://localhost:${port}`)
    }
    listening.reject(new Error(`ended before it listened: ${text}`))
  })()
  const url = await listening.promise
  return { child, output: () => text, said: () => said, url }
}

async function startAndFail(...args: string[]): Promise<{ status: number; error: string; output: string }> {
  const child = Bun.spawn([process.execPath, main, 'serve', ...args], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  running.push(child)
  const [error, output, status] = await Promise.all([
    new Response(child.stderr).text(),
    new Response(child.stdout).text(),
    child.exited,
  ])
  return { status, error, output }
}

test('the first start shows a curl that works, and the secrets; the second one shows no secret', async () => {
  const data = join(folder(), 'data')
  const first = await start(data)
  while (!first.said().includes('not be shown again')) await Bun.sleep(5)
  const key = /X-API-Key: ([^']+)'/.exec(first.said())?.[1] ?? ''
  const secret = /token secret +(\S+)/.exec(first.said())?.[1] ?? ''
  const answer = await fetch(`${first.url}/api/publish`, {
    method: 'POST',
    headers: { 'X-API-Key': key },
    body: JSON.stringify({ channel: 'public:lobby', data: { text: 'hello' } }),
  })
  expect(await answer.json()).toMatchObject({ result: { offset: 1 } })
  first.child.kill('SIGKILL')
  await first.child.exited

  const second = await start(data)
  await Bun.sleep(50)
  for (const shown of [second.output(), second.said(), first.output()]) {
    expect(shown).not.toContain(key)
    expect(shown).not.toContain(secret)
  }
  for (const line of first.output().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('event')
  expect(statSync(join(data, 'secrets.json')).mode & 0o777).toBe(0o600)
  const again = await fetch(`${second.url}/api/history`, {
    method: 'POST',
    headers: { 'X-API-Key': key },
    body: JSON.stringify({ channel: 'public:lobby', limit: 10 }),
  })
  expect(await again.json()).toMatchObject({ result: { offset: 1, publications: [{ data: { text: 'hello' } }] } })
})

test('a taken port is one clear sentence', async () => {
  const other = Bun.serve({ port: 0, fetch: () => new Response() })
  const { status, error } = await startAndFail('--data', join(folder(), 'data'), '--port', String(other.port))
  expect(error.trim().split('\n')).toEqual([
    `posthouse: port ${other.port} is taken; stop what listens there, or choose another with --port`,
  ])
  expect(status).toBe(1)
  await other.stop(true)
})

test('a second server on the same data is refused in one clear sentence, and the first goes on', async () => {
  const data = folder()
  const first = await start(data)
  const { status, error } = await startAndFail('--data', data, '--port', '0')
  expect(status).toBe(1)
  expect(error.trim().split('\n')).toHaveLength(1)
  expect(error).toContain('posthouse.db')
  expect((await fetch(`${first.url}/health`)).status).toBe(200)
})

test.skipIf(process.platform !== 'linux')('a data folder that cannot be made is one clear sentence', async () => {
  const data = '/proc/posthouse' // nobody may write there, not even root
  const { status, error } = await startAndFail('--data', data, '--port', '0')
  expect(status).toBe(1)
  expect(error).toContain(data)
})

test('a data folder that is a file is one clear sentence', async () => {
  const file = join(folder(), 'file')
  await Bun.write(file, 'x')
  const { status, error } = await startAndFail('--data', file, '--port', '0')
  expect(status).toBe(1)
  expect(error.trim().split('\n')).toHaveLength(1)
  expect(error).toContain(file)
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s: clients are told to come back, what was acknowledged is kept, exit 0',
  async (signal) => {
    const data = folder()
    const { child, url, output } = await start(data)
    const key = (await Bun.file(join(data, 'secrets.json')).json()) as { http_api_key: string }
    const publish = (n: number) =>
      fetch(`${url}/api/publish`, {
        method: 'POST',
        headers: { 'X-API-Key': key.http_api_key },
        body: JSON.stringify({ channel: 'public:lobby', data: n }),
      })
    const sockets = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const socket = new WebSocket(`${url.replace('http', 'ws')}/connection/websocket`)
        const closed = new Promise<[number, string]>((resolve) => {
          socket.addEventListener('close', ({ code, reason }) => resolve([code, reason]))
        })
        await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }))
        const connected = new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }))
        socket.send('{"id":1,"connect":{}}')
        await connected
        return { closed } // not the promise itself, which would be awaited
      }),
    )
    let acknowledged = 0
    const load = (async () => {
      for (let n = 1; ; n++) {
        try {
          if ((await publish(n)).status !== 200) return
        } catch {
          return
        }
        acknowledged++
      }
    })()
    await Bun.sleep(100)
    child.kill(signal)
    for (const { closed } of sockets) expect(await closed).toEqual([3001, 'shutdown'])
    expect(await child.exited).toBe(0)
    await load
    expect(acknowledged).toBeGreaterThan(0)
    expect(output()).toContain('"event":"stopped"')
    expect(existsSync(join(data, 'posthouse.db-wal'))).toBe(false) // all of it is in the file

    const again = await start(data)
    const answer = await fetch(`${again.url}/api/history`, {
      method: 'POST',
      headers: { 'X-API-Key': key.http_api_key },
      body: '{"channel":"public:lobby"}',
    })
    const { result } = (await answer.json()) as { result: { offset: number } }
    expect(result.offset).toBeGreaterThanOrEqual(acknowledged)
  },
)
