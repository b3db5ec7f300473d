/**
 * Lines of code of the examples, beside those of the programs that they are
 * modelled on: writes the table of docs/tutorial/README.md. A test
 * holds that it is there as it would be written.
 *
 * Counted is what somebody has to write for it to work: the server and what the
 * page does (its scripts). Blank lines, comments, markup and style are not.
 */
import { join } from 'node:path'

const root = join(import.meta.dir, '..')
const readme = join(root, 'docs/tutorial/README.md')

/**
 * What the servers of the models have, counted in the same way. `about`: there are many copies of it that differ, and
 * this is one of them. `estimated`: the tutorial is known by what it does, and its code was not at hand.
 */
const models: readonly (readonly [name: string, title: string, model: string, lines: string])[] = [
  ['echo', 'Echo', 'a program around the `WebSocketHandler` of Tornado’s manual, without a page', 'about 15'],
  ['chat', 'Chat of everybody', 'Tornado’s demo `websocket`: `chatdemo.py` (its page, `chat.js`, has 52)', '58'],
  ['room', 'Nickname room', 'a chat room with a login page and a cookie, in Tornado', 'about 80, estimated'],
  ['push', 'Long-poll push', 'a comet server with `/?uid=…` and `/send`', 'about 60, estimated'],
  ['im', 'Private and group chat', 'Flask with gevent-websocket: `/chat/<username>`, without groups', 'about 25'],
  ['toy', 'App and toy', 'Flask with gevent-websocket: `/app/<id>` and `/toy/<id>`', 'about 34'],
]

export interface Count {
  readonly server: number
  readonly page: number
}

/** Lines of code of one example. */
export async function countExample(name: string): Promise<Count> {
  const read = (file: string) => Bun.file(join(root, 'examples', name, file)).text()
  const scripts = [...(await read('index.html')).matchAll(/<script type="module">\n(.*?)<\/script>/gs)]
  return { server: countLines(await read('server.ts')), page: countLines(scripts.map(([, text]) => text).join('')) }
}

/** Lines that are neither blank nor comment, in TypeScript or JavaScript with one comment a line at most. */
export function countLines(code: string): number {
  const bare = code.replaceAll(/^\s*\/\*.*?\*\/\s*$/gms, '').replaceAll(/^\s*\/\/.*$/gm, '')
  return bare.split('\n').filter((line) => line.trim() !== '').length
}

/** The table, in Markdown. */
export async function table(): Promise<string> {
  const head = ['program', 'model', 'its server', 'our server', 'our page']
  const rows = await Promise.all(
    models.map(async ([name, title, model, lines]) => {
      const { server, page } = await countExample(name)
      return [`[${title}](en/${name}.md)`, model, lines, String(server), String(page)]
    }),
  )
  return markdown([head, ...rows])
}

/** Padded as the formatter wants it. */
function markdown(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width, fill)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), line([], '-'), ...body.map((row) => line(row))].join('\n')
}

/** The page with the table in its place. */
export function withTable(page: string, text: string): string {
  return page.replace(
    /(<!-- lines -->\n\n).*?(<!-- \/lines -->)/s,
    (_, before: string, after: string) => `${before}${text}\n\n${after}`,
  )
}

if (import.meta.main) await Bun.write(readme, withTable(await Bun.file(readme).text(), await table()))
