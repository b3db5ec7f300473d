/** From the command to the first answer over HTTP: the program as users start it, on a folder that has data. */
import { createServer } from 'node:net'
import { join } from 'node:path'
import { apiKey } from './publish-load.ts'
import { newFolder } from './servers.ts'
import { median, type Row } from './table.ts'

const rounds = 7
const most = 300 // ms

export async function starting(): Promise<Row[]> {
  const folder = newFolder()
  await startOnce(folder) // makes the database
  const times: number[] = []
  for (let round = 0; round < rounds; round++) times.push(await startOnce(folder))
  const time = median(times)
  return [{ what: 'start to listening', measured: `${time.toFixed(0)} ms`, target: `< ${most} ms`, isMet: time < most }]
}

/** ms */
async function startOnce(folder: string): Promise<number> {
  const port = await freePort()
  const main = join(import.meta.dir, '..', 'src', 'cli', 'main.ts')
  const begin = performance.now()
  const args = ['serve', '--data', folder, '--address', '127.0.0.1', '--port', String(port)]
  const child = Bun.spawn([process.execPath, '--no-orphans', main, ...args], {
    env: { ...process.env, POSTHOUSE_HTTP_API_KEY: apiKey, POSTHOUSE_CLIENT_TOKEN_HMAC_SECRET_KEY: apiKey }, // so that none is shown
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
  })
  try {
    while (!(await answers(port))) {
      if (child.exitCode !== null || performance.now() - begin > 30_000) throw new Error('the server did not start')
      await Bun.sleep(1)
    }
    return performance.now() - begin
  } finally {
    child.kill('SIGKILL')
    await child.exited
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health`)).ok
  } catch {
    return false // nobody listens yet
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
