/** Several reads of one state, while others write. */
import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { createServer, of, StoreError, type Posthouse } from '../src/index.ts'
import { temporaryFolder } from './stores-support.ts'

setDefaultTimeout(60_000) // against waiting for ever; how long a disk takes is not what is tested

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

let folders = 0
async function start(data: { dir: string } | { memory: true } = { dir: join(folder.path, `data-${++folders}`) }) {
  const server = await createServer({
    http_server: { address: '127.0.0.1', port: 0 },
    data,
    channel: { without_namespace: { history_size: -1, history_ttl: 'forever' }, namespaces: [{ name: 'live' }] },
    log: { level: 'none' },
  })
  if ('dir' in data) await server.write({ sql: 'CREATE TABLE notes (at INTEGER PRIMARY KEY, room TEXT NOT NULL)' })
  return server
}

const note = { sql: 'INSERT INTO notes VALUES (?, ?)', params: [of.offset, 'r'] }
const say = (server: Posthouse) => server.publish('r', 'hi', { statements: [note] })
const lastNote = (server: Posthouse) => Number(server.sql('SELECT ifnull(max(at), 0) AS at FROM notes')[0]?.['at'])

/** Another connection, as the writer is one. */
function otherConnection(server: Posthouse): Database {
  const path = String(server.sql('PRAGMA database_list')[0]?.['file'])
  const db = new Database(path, { readwrite: true })
  db.run('PRAGMA busy_timeout = 5000')
  return db
}

describe('a snapshot', () => {
  test('does not see what is committed after its first read', async () => {
    await using server = await start()
    await say(server)
    using other = otherConnection(server)
    const [before, within, nested] = server.snapshot(() => {
      const first = lastNote(server)
      other.run("INSERT INTO notes VALUES (100, 'r')")
      return [first, lastNote(server), server.snapshot(() => lastNote(server))]
    })
    expect([before, within, nested]).toEqual([1, 1, 1])
    expect(lastNote(server)).toBe(100)
  })

  test('goes on after one within it has ended, also with an error', async () => {
    await using server = await start()
    using other = otherConnection(server)
    server.snapshot(() => {
      expect(lastNote(server)).toBe(0)
      const failing = () =>
        server.snapshot(() => {
          throw new RangeError('mine')
        })
      expect(failing).toThrow(RangeError)
      expect(() => server.sql('SELECT * FROM nowhere')).toThrow(StoreError)
      other.run("INSERT INTO notes VALUES (1, 'r')")
      expect(lastNote(server)).toBe(0)
    })
    expect(lastNote(server)).toBe(1)
  })

  test('ends with an error of the reader, which comes through as it is', async () => {
    await using server = await start()
    using other = otherConnection(server)
    const mine = new RangeError('mine')
    const failing = () =>
      server.snapshot(() => {
        lastNote(server)
        throw mine
      })
    expect(failing).toThrow(mine)
    other.run("INSERT INTO notes VALUES (1, 'r')")
    expect(lastNote(server)).toBe(1)
  })

  test('cannot be waited in, and that is said', async () => {
    await using server = await start()
    expect(() => server.snapshot(async () => 1)).toThrow('cannot be waited for')
    expect(lastNote(server)).toBe(0)
  })

  test('outlives the end of the server within it, without an answer', async () => {
    const server = await start()
    let closed: Promise<void> | undefined
    const late = () =>
      server.snapshot(() => {
        closed = server.close()
        return 1
      })
    expect(late()).toBe(1)
    await closed
    expect(() => server.snapshot(() => 1)).toThrow('closed')
  })

  test('has rows and positions of one state, however much is published meanwhile', async () => {
    await using server = await start()
    let moved = 0
    for (let round = 0; round < 8; round++) {
      const writing = { over: false }
      const said = Promise.all(Array.from({ length: 2000 }, () => say(server))).finally(() => (writing.over = true))
      while (!writing.over) {
        await Bun.sleep(0) // so that what is asked goes out
        server.snapshot(() => {
          const first = lastNote(server)
          spin(1)
          expect([server.position('r').offset, lastNote(server)]).toEqual([first, first])
        })
        const first = lastNote(server)
        spin(1)
        if (server.position('r').offset !== first) moved++
      }
      await said
    }
    expect(moved).toBeGreaterThan(0) // else nothing was tried
    expect(server.position('r').offset).toBe(16_000)
  })
})

describe('a position', () => {
  for (const [name, data] of Object.entries({ memory: { memory: true } as const, disk: undefined }))
    test(`in ${name} is the one that history tells`, async () => {
      await using server = await start(data)
      const asHistory = async () => {
        const { offset, epoch } = await server.history('r', { limit: 1 })
        return { offset, epoch }
      }
      expect(server.position('r')).toEqual(await asHistory())
      expect(server.position('r').offset).toBe(0)
      const { offset, epoch } = await server.publish('r', 1)
      expect(server.snapshot(() => server.position('r'))).toEqual({ offset, epoch })
      expect(server.position('r')).toEqual(await asHistory())
    })

  test('is not there where nothing is kept, nor where there is no channel', async () => {
    await using server = await start({ memory: true })
    expect(() => server.position('live:x')).toThrow(expect.objectContaining({ code: 108 }))
    expect(() => server.position('nowhere:x')).toThrow(expect.objectContaining({ code: 102 }))
  })
})

function spin(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}
