/** A store in a process of its own, to be killed or to have its disk broken. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

type Line = Record<string, unknown>

/** Starts `sqlite-child.ts`, and talks with it. */
export async function startChild(args: string[], preload?: string, fault = '') {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'sqlite-child.ts'), ...args], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
    env: { ...process.env, FAILING_DISK: fault, ...(preload === undefined ? {} : { LD_PRELOAD: preload }) },
  })
  const lines = readLines(child.stdout)
  const next = async (): Promise<Line> => (await lines.next()).value ?? { ended: true }
  const kill = async () => {
    child.kill('SIGKILL')
    await child.exited
  }
  return {
    first: await next(),
    kill,
    fail: (what: string) => writeFileSync(fault, what),
    ask: async (command: Line): Promise<Line> => {
      await child.stdin.write(`${JSON.stringify(command)}\n`)
      await child.stdin.flush()
      return next()
    },
    listen: async (least: number): Promise<Line[]> => {
      const heard: Line[] = []
      while (heard.length < least) heard.push(await next())
      return heard
    },
    [Symbol.asyncDispose]: kill,
  }
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<Line, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) yield JSON.parse(part)
  }
  return undefined
}
