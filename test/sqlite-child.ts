/**
 * A process with a store, for tests that kill it or break its disk. Takes
 * commands as lines of JSON, one at a time, and answers each with one line.
 *
 *   bun sqlite-child.ts FILE           answers commands
 *   bun sqlite-child.ts FILE flood N   appends without end, N at a time, and writes each acknowledged position
 *   bun sqlite-child.ts FILE trim N    appends N, then trims them away, noting in a table where the log begins by now
 *   bun sqlite-child.ts FILE erase N   appends N, then erases one after the other, noting each in a table
 */
import { StoreError } from '../src/core/store.ts'
import { openSqliteStore } from '../src/stores/sqlite.ts'
import { forever, text } from './stores-support.ts'

const [file = '', mode, width = '1'] = process.argv.slice(2)
const say = (answer: unknown) => process.stdout.write(`${JSON.stringify(answer)}\n`)

try {
  const store = await openSqliteStore({ file })
  say({ opened: true })
  if (mode === 'flood') {
    const appendForever = async (channel: string, name: number) => {
      for (let count = 1; ; count++) {
        const idempotencyKey = `${name}-${process.pid}-${count}`
        const statements = [{ sql: 'INSERT INTO notes VALUES (?, ?)', params: [channel, { of: 'offset' } as const] }]
        const { position } = await store.append(channel, text(idempotencyKey), forever, { idempotencyKey, statements })
        say({ channel, ...position, data: idempotencyKey })
      }
    }
    await Promise.all(Array.from({ length: Number(width) }, (_, at) => appendForever(`c${at % 5}`, at)))
  }
  if (mode === 'trim') {
    const count = Number(width)
    await Promise.all(Array.from({ length: count }, (_, at) => store.append('c', text(at + 1), forever)))
    for (let before = 2; before <= count; before += 1 + Math.floor(Math.random() * 500)) {
      await store.remove('c', { before, statements: [{ sql: 'UPDATE begins SET at = ?', params: [before] }] })
      say({ before })
    }
  }
  if (mode === 'erase') {
    const count = Number(width)
    await Promise.all(Array.from({ length: count }, (_, at) => store.append('c', text(`said ${at + 1}`), forever)))
    for (let offset = 1; offset <= count; offset++) {
      const statements = [{ sql: 'INSERT INTO erased VALUES (?)', params: [offset] }]
      const erase = [{ offset, data: '"gone"' }]
      void store.append('c', text('erased'), forever, { statements, erase }).then(() => say({ offset }))
      if (offset % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }
  for await (const line of console) {
    const command: { append?: string; read?: string; close?: true } = JSON.parse(line)
    try {
      if (command.append !== undefined) say(await store.append('c', text(command.append), forever))
      else if (command.read !== undefined) {
        const { publications, top } = await store.read('c', forever, { limit: Infinity })
        say({ data: publications.map(({ data }) => data), top: top.offset, trouble: store.trouble })
      } else {
        await store.close()
        say({ closed: true })
        break
      }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      say({ error: error.message, temporary: error.temporary })
    }
  }
} catch (error) {
  say({ error: error instanceof Error ? error.message : String(error) })
  process.exit(1)
}
