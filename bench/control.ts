/**
 * What the benchmark asks of each server, whatever it is: publish by itself in
 * ticks, so that no request is part of what a delivery costs, and say what all
 * of it cost so far. `node-ws.mjs` has the same lines in plain JavaScript.
 */
import type { Usage } from './child.ts'

export interface Publishing {
  readonly do: 'publish'
  readonly prefix: string // of the channels, which are numbered from 0
  readonly channels: number // publications go to them in turn
  readonly perTick: number
  readonly ticks: number
  readonly every: number // ms
}

type Question = Publishing | { readonly do: 'usage' }

/** Some hundred bytes of JSON. The `|` is there once, for readers to count. */
export const payload = `{"text":"|what one says to the others in a room of a chat","from":"somebody","at":1790000000000}`

export function listen(port: number, publish: (channel: string, data: string) => unknown): void {
  process.on('message', async (question: Question) => {
    if (question.do === 'publish') await publishInTicks(question, publish)
    process.send?.(usage())
  })
  process.send?.({ port })
}

async function publishInTicks(
  { prefix, channels, perTick, ticks, every }: Publishing,
  publish: (channel: string, data: string) => unknown,
): Promise<void> {
  let next = 0
  for (let tick = 0; tick < ticks; tick++) {
    const published: unknown[] = []
    for (let n = 0; n < perTick; n++) published.push(publish(`${prefix}${next++ % channels}`, payload))
    await Promise.all([...published, Bun.sleep(every)])
  }
}

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpu: user + system, rss: process.memoryUsage.rss() }
}
