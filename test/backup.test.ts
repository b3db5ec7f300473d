/** What is saved while a server runs comes back whole, and nobody takes it for what came after. */
import { afterAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { BackupFiles } from '../src/backup-files.ts'
import { backUp } from '../src/backup.ts'
import { createServer, of, type Posthouse, StoreError } from '../src/index.ts'
import { renewAll, restore } from '../src/restore.ts'
import { openSqliteStore } from '../src/stores/sqlite.ts'
import { MailboxBookmarks } from '../src/transports/mailbox-bookmarks.ts'
import { startLogServer } from './log-server.ts'
import { startChild } from './sqlite-process.ts'
import { forever, ManualClock, randomFrom, refusal, temporaryFolder, text } from './stores-support.ts'
import { Wire } from './wire.ts'

setDefaultTimeout(60_000) // against waiting for ever; how long a disk takes is not what is tested

const root = temporaryFolder()
afterAll(() => root[Symbol.dispose]())

let paths = 0
const fresh = (name: string) => join(root.path, `${name}-${++paths}`)

async function start(dir: string): Promise<Posthouse> {
  const server = await startLogServer({ dir })
  await server.write({ sql: 'CREATE TABLE IF NOT EXISTS notes (channel TEXT, at INTEGER, PRIMARY KEY (channel, at))' })
  return server
}

const say = (server: Posthouse, channel: string) =>
  server.publish(channel, 'hi', {
    statements: [{ sql: 'INSERT INTO notes VALUES (?, ?)', params: [channel, of.offset] }],
  })

/** A folder with some channels, and a backup of it. */
async function saved(): Promise<{ dir: string; folder: string }> {
  const dir = fresh('data')
  await using server = await start(dir)
  for (let count = 0; count < 20; count++) await say(server, `c${count % 3}`)
  const files = server.dataFolder('files')
  mkdirSync(join(files, 'ab'))
  writeFileSync(join(files, 'ab', 'picture'), 'a picture')
  const { folder } = await server.backup(fresh('backup'))
  return { dir, folder }
}

async function posthouse(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const main = join(import.meta.dir, '..', 'src', 'cli', 'main.ts')
  const child = Bun.spawn([process.execPath, main, ...args], { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { status: await child.exited, out, err }
}

/** What a reader is told that comes back with a place of its own. */
async function comeBack(server: Posthouse, channel: string, place: { offset: number; epoch: string }) {
  const wire = await Wire.open(`ws://${server.url.host}/connection/websocket`)
  await wire.ask({ connect: {} })
  const { subscribe } = await wire.ask({ subscribe: { channel, recover: true, ...place } })
  wire.close()
  return { recovered: subscribe?.recovered ?? false, epoch: subscribe?.epoch, offset: subscribe?.offset ?? 0 }
}

describe('a backup', () => {
  test('made while everybody writes is of one moment, and comes back with all that it holds', async () => {
    const dir = fresh('data')
    await using server = await start(dir)
    const writing = { over: false }
    const acknowledged = new Map<string, number>()
    const writers = Array.from({ length: 20 }, async (_, n) => {
      while (!writing.over) {
        const { offset } = await say(server, `c${n % 4}`)
        acknowledged.set(`c${n % 4}`, Math.max(acknowledged.get(`c${n % 4}`) ?? 0, offset))
      }
    })
    while (acknowledged.size < 4) await Bun.sleep(1)
    const before = new Map(acknowledged)
    const [first, second] = await Promise.all([server.backup(fresh('backup')), server.backup(fresh('backup'))])
    writing.over = true
    await Promise.all(writers)

    for (const { folder, bytes } of [first, second]) {
      expect(statSync(join(folder, 'posthouse.db')).size).toBe(bytes)
      const target = fresh('restored')
      expect(await posthouse('restore', folder, '--data', target)).toMatchObject({ status: 0, err: '' })
      await using restored = await start(target)
      expect(restored.secrets).toMatchObject({ ...server.secrets, fresh: [] })
      for (const [channel, least] of before) {
        const { offset, epoch } = restored.position(channel)
        expect(offset).toBeGreaterThanOrEqual(least)
        expect(epoch).not.toBe(server.position(channel).epoch)
        const { publications } = await restored.history(channel, { limit: offset })
        const all = Array.from({ length: offset }, (_, at) => at + 1)
        expect(publications.map((publication) => publication.offset)).toEqual(all)
        expect(
          restored.sql('SELECT at FROM notes WHERE channel = ? ORDER BY at', channel).map((row) => Number(row['at'])),
        ).toEqual(all)
        expect((await say(restored, channel)).offset).toBe(offset + 1)
      }
    }
  })

  test('can be made by another process, of a server that runs, has ended, or never was there', async () => {
    const dir = fresh('data')
    const missing = await posthouse('backup', fresh('backup'), '--data', dir)
    expect(missing).toMatchObject({ status: 1, out: '' })
    expect(missing.err).toMatch(/^posthouse: There is no database in .*--data\n$/)
    const server = await start(dir)
    await say(server, 'c')
    const running = fresh('backup')
    expect(await posthouse('backup', running, '--data', dir)).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^saved to .*: a database of 0\.1 MB, 0 files\n$/),
      err: '',
    })
    const place = server.position('c')
    await server.close()
    const ended = fresh('backup')
    expect((await posthouse('backup', ended, '--data', dir)).status).toBe(0)
    for (const folder of [running, ended]) {
      const target = fresh('restored')
      restore(folder, target, false)
      await using restored = await start(target)
      expect(restored.position('c').offset).toBe(place.offset)
    }
  })

  test('of a server that another process kills is one, too', async () => {
    const dir = fresh('data')
    mkdirSync(dir)
    const file = join(dir, 'posthouse.db')
    const store = await openSqliteStore({ file })
    await store.write([{ sql: 'CREATE TABLE notes (channel TEXT, at INTEGER)' }])
    await store.close()
    await using child = await startChild([file, 'flood', '5'])
    const heard = await child.listen(300)
    const running = backUp(dir, fresh('backup'))
    await child.kill()
    const killed = backUp(dir, fresh('backup'))
    for (const { folder } of [running, killed]) {
      const target = fresh('restored')
      expect(restore(folder, target, false).channels).toBe(5)
      const restored = await openSqliteStore({ file: join(target, 'posthouse.db') })
      for (const { channel, offset, data } of heard) {
        const since = Number(offset) - 1
        const { publications } = await restored.read(String(channel), forever, { since, limit: 1 })
        expect(publications[0]?.data).toBe(JSON.stringify(data))
      }
      expect(restored.query('SELECT count(*) AS n FROM notes')).toEqual(
        restored.query('SELECT count(*) AS n FROM publications'),
      )
      await restored.close()
    }
  })

  test('is for its owner alone', async () => {
    const { folder } = await saved()
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readdirSync(folder).toSorted()).toEqual(['backup.json', 'files', 'posthouse.db', 'secrets.json'])
    for (const name of ['backup.json', 'posthouse.db', 'secrets.json'])
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    const target = fresh('restored')
    restore(folder, target, false)
    expect(statSync(target).mode & 0o777).toBe(0o700)
    for (const name of ['posthouse.db', 'secrets.json']) expect(statSync(join(target, name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(target, 'files', 'ab', 'picture'), 'utf8')).toBe('a picture')
    expect(readdirSync(target).toSorted()).toEqual(['files', 'posthouse.db', 'posthouse.db.lock', 'secrets.json'])
  })

  test('never overwrites, and never lies in the folder that it saves', async () => {
    const { dir, folder } = await saved()
    expect((await refusal(() => backUp(dir, folder))).message).toContain('is there already')
    expect((await refusal(() => backUp(dir, join(dir, 'inside')))).message).toContain('inside of the data folder')
    expect(existsSync(join(dir, 'inside'))).toBe(false)
    const { status, err } = await posthouse('backup', '--data', dir)
    expect([status, err.split('\n')[0]]).toEqual([2, 'posthouse: backup: name one folder'])
  })

  test('of a damaged database is refused, and nothing of it is left', async () => {
    const { dir } = await saved()
    const file = join(dir, 'posthouse.db')
    const bytes = readFileSync(file)
    bytes.fill(7, 4096 * 3, 4096 * 6)
    writeFileSync(file, bytes)
    const folder = fresh('backup')
    expect((await refusal(() => backUp(dir, folder))).message).toContain('is damaged')
    expect(readdirSync(root.path).filter((name) => join(root.path, name).startsWith(folder))).toEqual([])
  })

  test('in which the server is closed is none', async () => {
    const dir = fresh('data')
    const server = await start(dir)
    await Promise.all(Array.from({ length: 3000 }, () => say(server, 'c')))
    const folder = fresh('backup')
    const backup = server.backup(folder).then(
      () => 'made',
      (error: unknown) => error,
    )
    await server.close()
    const outcome = await backup
    if (outcome !== 'made') expect(outcome).toBeInstanceOf(StoreError)
    expect(existsSync(join(folder, 'backup.json'))).toBe(outcome === 'made')
  })

  test('that is killed at any moment is whole, or not there', async () => {
    const dir = fresh('data')
    const server = await start(dir)
    await Promise.all(Array.from({ length: 10_000 }, () => say(server, 'c')))
    await server.close()
    const main = join(import.meta.dir, '..', 'src', 'cli', 'main.ts')
    let whole = 0
    for (let round = 0; round < 8; round++) {
      const folder = fresh('backup')
      const child = Bun.spawn([process.execPath, main, 'backup', folder, '--data', dir], {
        stdin: 'ignore',
        stdout: 'ignore',
        stderr: 'ignore',
      })
      await Bun.sleep(round * 50)
      child.kill('SIGKILL')
      await child.exited
      if (!existsSync(folder)) continue
      whole++
      expect(restore(folder, fresh('restored'), false).channels).toBe(1)
    }
    expect(whole).toBeLessThan(8) // else nothing was killed in time
  })

  test('in memory there is none', async () => {
    await using server = await createServer({
      http_server: { address: '127.0.0.1', port: 0 },
      data: { memory: true },
      log: { level: 'none' },
    })
    expect(await server.backup(fresh('backup')).catch((error: unknown) => error)).toBeInstanceOf(TypeError)
  })
})

describe('after it was restored', () => {
  test('a reader is told that it missed something, wherever it was', async () => {
    const dir = fresh('data')
    const server = await start(dir)
    await say(server, 'c')
    const early = await say(server, 'c')
    const { folder } = await server.backup(fresh('backup'))
    const late = await say(server, 'c')
    const quiet = server.position('quiet') // nobody wrote there before the backup
    const written = await say(server, 'quiet')
    await server.close()

    const target = fresh('restored')
    restore(folder, target, false)
    await using restored = await start(target)
    for (const place of [early, late])
      expect(await comeBack(restored, 'c', place)).toMatchObject({ recovered: false, offset: 2 })
    // The offset that the reader knows is given again, to something else.
    expect((await say(restored, 'c')).offset).toBe(late.offset)
    expect(await comeBack(restored, 'c', late)).toMatchObject({ recovered: false })
    expect((await say(restored, 'quiet')).offset).toBe(written.offset)
    for (const place of [quiet, written])
      expect(await comeBack(restored, 'quiet', place)).toMatchObject({ recovered: false })
    expect(await comeBack(restored, 'c', restored.position('c'))).toMatchObject({ recovered: true })
  })

  test('twice from one backup, the logs are two', async () => {
    const { folder } = await saved()
    const epochs = new Set<string>()
    for (let life = 0; life < 2; life++) {
      const target = fresh('restored')
      restore(folder, target, false)
      await using server = await start(target)
      for (const channel of ['c0', 'c1', 'unwritten']) epochs.add(`${channel} ${server.position(channel).epoch}`)
    }
    expect(epochs.size).toBe(6)
  })

  test('a forgotten channel still begins a new epoch', async () => {
    const clock = new ManualClock()
    const dir = fresh('data')
    mkdirSync(dir)
    const file = join(dir, 'posthouse.db')
    const brief = { size: 10, age: 1000, metaAge: 10_000 }
    const epochs = new Set<string>()
    for (let life = 0; life < 3; life++) {
      const store = await openSqliteStore({ file, clock })
      const { position } = await store.append('c', text(life), brief)
      expect(epochs.has(position.epoch)).toBe(false)
      epochs.add(position.epoch)
      while ((await store.read('c', brief, { limit: 0 })).top.offset > 0) {
        clock.advance(5000)
        await Bun.sleep(5)
      }
      epochs.add((await store.read('c', brief, { limit: 0 })).top.epoch)
      await store.close()
      renewAll(dir)
    }
    expect(epochs.size).toBe(6)
  })

  test('devices that remember nothing go on where they were', async () => {
    const clock = new ManualClock()
    const dir = fresh('data')
    mkdirSync(dir)
    const file = join(dir, 'posthouse.db')
    const mailbox = { channel: 'u:7', retention: forever } as Parameters<MailboxBookmarks['read']>[0]
    const store = await openSqliteStore({ file, clock })
    for (let count = 0; count < 5; count++) await store.append('u:7', text(count), forever)
    const { top } = await store.read('u:7', forever, { limit: 0 })
    const bookmarks = new MailboxBookmarks(store, clock)
    await bookmarks.save(mailbox, 'toy', { ...top, offset: 3 })
    await bookmarks.save(mailbox, 'lamp', { epoch: 'anotherlog', offset: 9 })
    await bookmarks.close()
    await store.close()

    expect(renewAll(dir)).toBe(4)
    const after = await openSqliteStore({ file, clock })
    const { epoch } = (await after.read('u:7', forever, { limit: 0 })).top
    expect(epoch).not.toBe(top.epoch)
    const again = new MailboxBookmarks(after, clock)
    expect(await again.read(mailbox, 'toy')).toEqual({ epoch, offset: 3 })
    expect(await again.read(mailbox, 'lamp')).toEqual({ epoch: 'anotherlog', offset: 9 })
    await again.save(mailbox, 'toy', { epoch, offset: 2 }) // it never goes back
    expect(await again.read(mailbox, 'toy')).toEqual({ epoch, offset: 3 })
    await again.close()
    await after.close()
  })
})

describe('restoring', () => {
  test('into a folder with a database needs --force, and sets all of it aside', async () => {
    const { folder } = await saved()
    const target = fresh('data')
    const server = await start(target)
    await say(server, 'mine')
    const { tokenSecret } = server.secrets
    writeFileSync(join(server.dataFolder('pictures'), 'one'), '1')

    const running = await posthouse('restore', folder, '--data', target, '--force')
    expect([running.status, running.err]).toEqual([1, expect.stringContaining('Another process is using')])
    await server.close()
    const unforced = await posthouse('restore', folder, '--data', target)
    expect([unforced.status, unforced.err]).toEqual([1, expect.stringContaining('say --force')])
    const forced = await posthouse('restore', folder, '--data', target, '--force')
    expect(forced).toMatchObject({ status: 0, err: '' })
    const [, aside = ''] = /^what was there before is in (.*)\n/.exec(forced.out) ?? []

    await using restored = await start(target)
    expect([restored.position('mine').offset, restored.position('c0').offset]).toEqual([0, 7])
    expect(restored.secrets.tokenSecret).not.toBe(tokenSecret)
    expect(existsSync(join(target, 'pictures'))).toBe(false)
    await using old = await start(aside)
    expect([old.position('mine').offset, old.secrets.tokenSecret]).toEqual([1, tokenSecret])
    expect(readFileSync(join(aside, 'pictures', 'one'), 'utf8')).toBe('1')
  })

  test('that is killed at any moment loses neither what was there nor what comes, and can be done again', async () => {
    const { dir, folder } = await saved()
    const main = join(import.meta.dir, '..', 'src', 'cli', 'main.ts')
    let done = 0
    for (let round = 0; round < 8; round++) {
      const target = fresh('data')
      mkdirSync(target)
      const store = await openSqliteStore({ file: join(target, 'posthouse.db') })
      await store.append('mine', text(1), forever)
      await store.close()
      const args = ['restore', folder, '--data', target, '--force']
      const child = Bun.spawn([process.execPath, main, ...args], {
        stdin: 'ignore',
        stdout: 'ignore',
        stderr: 'ignore',
      })
      await Bun.sleep(round * 30)
      child.kill('SIGKILL')
      await child.exited
      if (child.exitCode === 0) done++
      const asides = readdirSync(target).filter((name) => name.startsWith('before-restore.'))
      const found = [target, ...asides.map((name) => join(target, name))].flatMap((each) => {
        const file = join(each, 'posthouse.db')
        if (!existsSync(file)) return []
        using db = new Database(file, { readonly: true })
        return db.query("SELECT name FROM channels WHERE name = 'mine'").all()
      })
      expect(found).toEqual([{ name: 'mine' }])
      restore(folder, target, true)
      expect(readdirSync(target).filter((name) => name.startsWith('restoring.'))).toEqual([])
      await using server = await start(target)
      expect(server.position('c0').offset).toBe(7)
    }
    expect(done).toBeLessThan(8) // else nothing was killed in time
    expect(existsSync(join(dir, 'posthouse.db'))).toBe(true)
  })

  test.skipIf(process.getuid?.() !== 0)('by the administrator leaves it with the user of the server', async () => {
    const { folder } = await saved()
    const target = fresh('data')
    mkdirSync(target)
    chownSync(target, 1234, 1234)
    writeFileSync(join(target, 'secrets.json'), '{}')
    const { aside = '' } = restore(folder, target, false)
    expect(readFileSync(join(aside, 'secrets.json'), 'utf8')).toBe('{}')
    for (const path of readdirSync(target, { recursive: true, encoding: 'utf8' }))
      if (!path.endsWith('/secrets.json')) expect([path, statSync(join(target, path)).uid]).toEqual([path, 1234])
  })

  const damages: Record<string, [does: (folder: string) => void, says: string]> = {
    'a byte of the database is another': [
      (folder) => {
        const file = join(folder, 'posthouse.db')
        const bytes = readFileSync(file)
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
        writeFileSync(file, bytes)
      },
      'is damaged: posthouse.db is not what was written',
    ],
    'the database is cut off': [
      (folder) =>
        writeFileSync(join(folder, 'posthouse.db'), readFileSync(join(folder, 'posthouse.db')).subarray(0, 9999)),
      'is damaged: posthouse.db is not what was written',
    ],
    'the database is missing': [
      (folder) => rmSync(join(folder, 'posthouse.db')),
      'is damaged: posthouse.db is missing',
    ],
    'the secrets are missing': [
      (folder) => rmSync(join(folder, 'secrets.json')),
      'is damaged: secrets.json is missing',
    ],
    'a file is missing': [
      (folder) => rmSync(join(folder, 'files/ab/picture')),
      'is damaged: files/ab/picture is missing',
    ],
    'a file is cut off': [
      (folder) => writeFileSync(join(folder, 'files/ab/picture'), 'a pic'),
      'is damaged: files/ab/picture is not whole',
    ],
    'what says what it is is missing': [
      (folder) => rmSync(join(folder, 'backup.json')),
      'is no backup that is complete',
    ],
    'what says what it is is no JSON': [(folder) => writeFileSync(join(folder, 'backup.json'), '{'), 'is damaged'],
    'it would write elsewhere': [
      (folder) => {
        const file = join(folder, 'backup.json')
        writeFileSync(file, readFileSync(file, 'utf8').replace('files/ab/picture', 'files/../../x'))
      },
      'is damaged',
    ],
    'it was made by a newer Posthouse': [
      (folder) => {
        const file = join(folder, 'backup.json')
        writeFileSync(file, readFileSync(file, 'utf8').replace('"format": 1', '"format": 2'))
      },
      'was made by a newer Posthouse',
    ],
  }
  for (const [what, [damage, says]] of Object.entries(damages))
    test(`is refused if ${what}, and nothing is changed`, async () => {
      const { dir, folder } = await saved()
      damage(folder)
      const before = readFileSync(join(dir, 'posthouse.db'))
      const { status, out, err } = await posthouse('restore', folder, '--data', dir, '--force')
      expect({ status, out }).toEqual({ status: 1, out: '' })
      expect(err).toStartWith('posthouse: ')
      expect(err).toContain(says)
      expect(err.split('\n')).toHaveLength(2) // one sentence, no stack
      expect(readFileSync(join(dir, 'posthouse.db'))).toEqual(before)
      expect(readdirSync(dir).filter((name) => /restor/.test(name))).toEqual([])
    })

  test('is refused if the database was damaged before it was saved, in a way that no copying notices', async () => {
    const { dir } = await saved()
    const db = new Database(join(dir, 'posthouse.db'))
    db.run("UPDATE channels SET top = top - 1 WHERE name = 'c1'")
    db.close(true)
    const folder = fresh('backup')
    backUp(dir, folder)
    const { message } = await refusal(() => restore(folder, fresh('restored'), false))
    expect(message).toContain('cannot be used')
    expect(message).toContain('the row of channel c1 fails its checksum')
  })

  test('in place: `posthouse epochs` after a copy of the folder was brought back', async () => {
    const { dir } = await saved()
    const places = ['c0', 'unwritten']
    const positions = async () => {
      await using server = await start(dir)
      return places.map((channel) => server.position(channel))
    }
    const before = await positions()
    expect(await posthouse('epochs', '--data', dir)).toMatchObject({
      status: 0,
      out: `3 channels in ${dir} have new epochs\n`,
      err: '',
    })
    const after = await positions()
    expect(after.map(({ offset }) => offset)).toEqual(before.map(({ offset }) => offset))
    for (const [at, { epoch }] of after.entries()) expect(epoch).not.toBe(before[at]?.epoch)
    const nowhere = await posthouse('epochs', '--data', fresh('nowhere'))
    expect([nowhere.status, nowhere.err]).toEqual([1, expect.stringContaining('There is no database in')])
  })
})

describe('the files of applications', () => {
  function gathered() {
    const [from, to] = [fresh('data'), fresh('backup')]
    for (const folder of [from, to]) mkdirSync(folder)
    mkdirSync(join(from, 'files'))
    return { from, to, files: new BackupFiles(from, to) }
  }
  const put = (folder: string, name: string, content: string, mode = 0o600) => {
    writeFileSync(join(folder, name), content)
    chmodSync(join(folder, name), mode)
  }

  test('that were there before the database was copied, or are there after, are all there', () => {
    const { from, to, files } = gathered()
    put(from, 'files/deleted', 'old')
    put(from, 'files/growing', 'half')
    files.gather()
    rmSync(join(from, 'files/deleted'))
    put(from, 'files/growing', 'half and half')
    put(from, 'files/new', 'new')
    files.gather()
    expect(files.list().toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: 'files/deleted', bytes: 3 },
      { path: 'files/growing', bytes: 13 },
      { path: 'files/new', bytes: 3 },
    ])
    expect(readFileSync(join(to, 'files/growing'), 'utf8')).toBe('half and half')
  })

  test('are linked if they are finished, and copied if they may change', () => {
    const { from, to, files } = gathered()
    put(from, 'files/finished', 'for good', 0o400)
    put(from, 'files/open', 'for now')
    files.gather()
    const inode = (folder: string, name: string) => statSync(join(folder, 'files', name)).ino
    expect(inode(to, 'finished')).toBe(inode(from, 'finished'))
    expect(inode(to, 'open')).not.toBe(inode(from, 'open'))
  })

  test('are those in folders of applications, and no links to elsewhere', async () => {
    const { from, to, files } = gathered()
    put(from, 'posthouse.db-wal', 'not this')
    for (const name of ['before-restore.2026', 'restoring.2026', '.hidden']) mkdirSync(join(from, name))
    await Bun.$`ln -s /etc/hostname ${join(from, 'files/link')}`
    put(from, 'files/one', '1')
    files.gather()
    expect(files.list()).toEqual([{ path: 'files/one', bytes: 1 }])
    expect(readdirSync(to)).toEqual(['files'])
  })

  test('may come and go while they are gathered', async () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
    const random = randomFrom(seed)
    const { from, to, files } = gathered()
    const other = Bun.spawn(
      [
        'sh',
        '-c',
        `cd '${from}/files'; while :; do for n in 1 2 3 4 5 6 7 8 9; do echo $n > t$n; mv t$n f$n; rm -f f$(($n / 2)); done; done`,
      ],
      { stdout: 'ignore', stderr: 'ignore' },
    )
    try {
      for (let round = 0; round < 200; round++) {
        files.gather()
        if (random(10) === 0) await Bun.sleep(1)
      }
    } finally {
      other.kill('SIGKILL')
      await other.exited
    }
    for (const { path, bytes } of files.list()) expect([seed, statSync(join(to, path)).size]).toEqual([seed, bytes])
  })
})

test('a backup can be moved', async () => {
  const { folder } = await saved()
  const elsewhere = fresh('moved')
  renameSync(folder, elsewhere)
  expect(restore(elsewhere, fresh('restored'), false)).toMatchObject({ channels: 3, files: 1, aside: undefined })
})
