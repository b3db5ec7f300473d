/**
 * The files of the chat behind a real server, without the chat: who comes is
 * said by a header, who may read and what is referred to by the test. Run as a
 * program it serves the folder it is given until it is killed.
 */
import { Database as Sqlite } from 'bun:sqlite'
import { join } from 'node:path'
import type { Database } from '../src/chat/files/file-table.ts'
import { Files, type FilesOptions, paths } from '../src/chat/files/files.ts'
import type { Statement } from '../src/index.ts'
import { migrations } from '../src/chat/schema.ts'
import type { FileHandler } from '../src/chat/files/visit.ts'

export interface FilesServer extends AsyncDisposable {
  readonly url: string
  readonly files: Files
  readonly database: Database
  readonly faults: unknown[]
}

type Given = Partial<Omit<FilesOptions, 'folder' | 'database' | 'report'>> & {
  readonly beforeWrite?: BeforeWrite
  /** Where the bytes go. Else beside the database. */
  readonly blobs?: string
}

/** Something that happens just before this is written. */
export type BeforeWrite = (sql: string, run: (sql: string, param: string) => void) => void

export async function startFiles(folder: string, given: Given = {}): Promise<FilesServer> {
  const [database, close] = openDatabase(join(folder, 'test.db'), given.beforeWrite)
  const faults: unknown[] = []
  const files = await Files.open({
    mayRead: () => true,
    ...given,
    folder: given.blobs ?? join(folder, 'files'),
    database,
    report: (error) => faults.push(error),
  })
  const route = (handler: FileHandler) => (request: Bun.BunRequest, server: Bun.Server<undefined>) =>
    handler(request, {
      user: request.headers.get('x-user') ?? request.cookies.get('user') ?? '',
      params: request.params,
      query: new URL(request.url).searchParams,
      hold: () => server.timeout(request, 0),
    })
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    maxRequestBodySize: 2 ** 40,
    routes: Object.fromEntries(
      Object.entries(paths).map(([name, path]) => [path, route(files.handlers[name as keyof typeof paths])]),
    ),
    fetch: () => new Response('<!doctype html><title>a page</title>', { headers: { 'content-type': 'text/html' } }),
    error: (error) => {
      faults.push(error)
      return new Response('our fault\n', { status: 500 })
    },
  })
  const stop = async (): Promise<void> => {
    await server.stop(true)
    close()
  }
  return { url: server.url.origin, files, database, faults, [Symbol.asyncDispose]: stop }
}

function openDatabase(path: string, beforeWrite?: BeforeWrite): [Database, close: () => void] {
  const sqlite = new Sqlite(path, { create: true, strict: true })
  sqlite.run('PRAGMA journal_mode = WAL')
  if (sqlite.query(`SELECT 1 FROM sqlite_schema WHERE name = 'chat_files'`).get() === null)
    for (const statement of migrations.flat()) sqlite.run(statement)
  const write = sqlite.transaction((statements: readonly Statement[]) => {
    for (const { sql, params } of statements) sqlite.query(sql).run(...((params ?? []) as string[]))
  })
  const database: Database = {
    sql: (query, ...params) => sqlite.query<Record<string, string>, string[]>(query).all(...(params as string[])),
    write: async (...statements) => {
      await Bun.sleep(0) // another thread does it, so nobody may count on it having been done at once
      for (const { sql } of statements) beforeWrite?.(sql, (other, param) => sqlite.query(other).run(param))
      write(statements)
    },
  }
  return [database, () => sqlite.close()]
}

if (import.meta.main) {
  const fileBytes = process.argv[3]
  const { url } = await startFiles(process.argv[2] ?? '', fileBytes ? { limits: { fileBytes: Number(fileBytes) } } : {})
  console.log(url)
}
