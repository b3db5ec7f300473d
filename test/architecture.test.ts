/**
 * Imports point inward. The table below is the law: change it first, then the
 * code. A role is a folder under `src`; the files beside them are `index` (the
 * library) and `server`, which is all the rest: what puts a server together.
 */
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { arrows, readSources, type Arrow, type Sources } from './imports.ts'

const inside = ['core', 'protocol', 'transports', 'engines', 'stores', 'access', 'api']
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  protocol: ['core'],
  transports: ['protocol', 'core'],
  engines: ['core'],
  stores: ['core'],
  access: ['protocol', 'core'], // what a token says of a client is taken from its JSON as it was written
  api: ['protocol', 'core'], // what it answers is JSON, written by the same lines
  server: [...inside, 'package.json'],
  library: ['server', ...inside],
  index: ['library', 'server', ...inside],
  chat: ['index'],
  'chat-client': ['chat'], // types only: see the test below
  push: ['index'],
  cli: ['chat', 'push', 'index', 'server', 'package.json'],
  web: ['chat-client'],
  examples: ['index'],
}
/** These do no input and output: they get everything passed in, and run anywhere. */
const pure: Readonly<Record<string, (name: string) => boolean>> = {
  core: () => true,
  protocol: (name) => /^(bun|node)(:|$)/.test(name),
  web: (name) => /^(bun|node)(:|$)/.test(name),
}

function role(path: string): string {
  const [folder = '', next = '', more] = path.split('/')
  if (folder !== 'src') return folder
  if (more !== undefined || !next.includes('.')) return next
  return next === 'index.ts' ? 'index' : 'server'
}

function forbidden({ from, to, relative }: Arrow): boolean {
  if (isTest(from)) return false
  const [user, used] = [role(from), role(to)]
  if (!relative) return pure[user]?.(to) ?? false
  return user !== used && !(mayImport[user] ?? []).includes(used)
}

const isTest = (path: string) => /\.test\.tsx?$/.test(path)
const wrong = (sources: Sources) => arrows(sources).filter(forbidden)
const read = () => readSources(join(import.meta.dir, '..'), ['src', 'web', 'examples'])

test('every import points inward', async () => {
  expect(wrong(await read()).map(({ from, to }) => `${from} → ${to}`)).toEqual([])
})

test('every folder has its place in the table', async () => {
  const roles = new Set(Object.keys(await read()).map(role))
  expect([...roles].filter((each) => !(each in mayImport))).toEqual([])
  expect(roles).toContain('core')
})

const allowed: readonly [from: string, text: string][] = [
  ['src/core/cursor.ts', `import type { Store } from './store.ts'`],
  ['src/core/cursor.ts', `// import { Database } from 'bun:sqlite'\n/* export * from '../api/routes.ts' */`],
  ['src/core/cursor.test.ts', `import { SqliteStore } from '../stores/sqlite.ts'`],
  ['src/stores/sqlite.ts', `import { Database } from 'bun:sqlite'\nimport type { Store } from '../core/store.ts'`],
  ['src/stores/sqlite.ts', `new Worker(new URL('./sqlite-writer.ts', import.meta.url))`],
  ['src/transports/websocket.ts', `import { Session } from '../protocol/session.ts'`],
  ['src/server.ts', `import { Node } from './core/node.ts'\nimport { log } from './log.ts'`],
  ['src/index.ts', `export { createServer } from './server.ts'\nexport type { Store } from './core/store.ts'`],
  ['src/chat/room.ts', `import { createServer } from '../index.ts'\nimport { Member } from './member.ts'`],
  ['src/cli/serve.ts', `import { chat } from '../chat/index.ts'\nimport { readConfig } from '../config.ts'`],
  ['web/chat/app.tsx', `import { Button } from '../ui/button.tsx'\nimport { useState } from 'react'`],
  ['examples/echo.ts', `import { createServer } from '../src/index.ts'`],
]

const refused: readonly [from: string, text: string, to: string][] = [
  ['src/core/cursor.ts', `import { Session } from '../protocol/session.ts'`, 'src/protocol/session.ts'],
  ['src/core/cursor.ts', `import type { Config } from '../config.ts'`, 'src/config.ts'],
  ['src/core/cursor.ts', `import { Database } from 'bun:sqlite'`, 'bun:sqlite'],
  ['src/core/cursor.ts', `import { join } from 'node:path'`, 'node:path'],
  ['src/core/cursor.ts', `import { z } from "zod"`, 'zod'],
  ['src/core/a.ts', `export * from '../stores/memory.ts'`, 'src/stores/memory.ts'],
  ['src/core/a.ts', `export type { A,\n  B } from '../stores/memory.ts'`, 'src/stores/memory.ts'],
  ['src/core/a.ts', `import '../stores/memory.ts'`, 'src/stores/memory.ts'],
  ['src/core/a.ts', `const m = await import('../stores/memory.ts')`, 'src/stores/memory.ts'],
  ['src/core/a.ts', 'const m = await import(`../stores/memory.ts`)', 'src/stores/memory.ts'],
  ['src/core/a.ts', `let s: import('../stores/memory.ts').MemoryStore`, 'src/stores/memory.ts'],
  ['src/core/a.ts', `new Worker(new URL('../stores/w.ts', import.meta.url))`, 'src/stores/w.ts'],
  ['src/core/a.ts', `const url = 'http://x'; import b from '../api/b.ts'`, 'src/api/b.ts'],
  ['src/protocol/json.ts', `import { serve } from 'bun'`, 'bun'],
  [
    'src/protocol/json.ts',
    `import { WebSocketTransport } from '../transports/websocket.ts'`,
    'src/transports/websocket.ts',
  ],
  ['src/stores/sqlite.ts', `import { log } from '../log.ts'`, 'src/log.ts'],
  ['src/api/routes.ts', `import { upgrade } from '../transports/websocket.ts'`, 'src/transports/websocket.ts'],
  ['src/server.ts', `import { chat } from './chat/index.ts'`, 'src/chat/index.ts'],
  ['src/index.ts', `export { serve } from './cli/serve.ts'`, 'src/cli/serve.ts'],
  ['src/chat/room.ts', `import type { Store } from '../core/store.ts'`, 'src/core/store.ts'],
  ['src/chat/room.ts', `import { log } from '../log.ts'`, 'src/log.ts'],
  ['src/push/push.ts', `import { Room } from '../chat/index.ts'`, 'src/chat/index.ts'],
  ['src/stores/sqlite.ts', `import type { Server } from 'posthouse'`, 'src/index.ts'],
  ['src/cli/serve.ts', `import { stores } from '../stores'`, 'src/stores'],
  ['src/cli/serve.ts', `import { SqliteStore } from '../stores/sqlite.ts'`, 'src/stores/sqlite.ts'],
  [
    'web/lib/connection.ts',
    `import type { Publication } from '../../src/core/publication.ts'`,
    'src/core/publication.ts',
  ],
  ['examples/echo.ts', `import { Node } from '../src/core/node.ts'`, 'src/core/node.ts'],
]

test('the chat client takes of the server its types only, which are gone in a page', async () => {
  const sources = await readSources(join(import.meta.dir, '..'), ['src/chat-client'])
  const values = Object.entries(sources).filter(([, text]) =>
    /^(?:import|export) (?!type\b)[^;]*?from '\.\.\/(?!chat-client)/m.test(text),
  )
  expect(values.map(([path]) => path)).toEqual([])
})

test.each(allowed)('%s may say %j', (from, text) => {
  expect(wrong({ [from]: text })).toEqual([])
})

test.each(refused)('%s may not say %j', (from, text, to) => {
  expect(wrong({ [from]: text }).map((arrow) => arrow.to)).toEqual([to])
})
