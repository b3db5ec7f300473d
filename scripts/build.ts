/**
 * Makes what a packed release has and a clone does not: `dist/web`, the page
 * that it serves; `dist/chat-client.js`, for programs whose bundlers know no
 * TypeScript; and `dist/types`, the types of both. Runs before packing.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle, packed } from '../src/chat/bundle.ts'
import { codings, isText } from '../src/chat/codings.ts'

await rm(packed, { recursive: true, force: true })
for (const { path, type, bytes } of await bundle()) {
  await Bun.write(join(packed, path), bytes)
  if (!isText(type)) continue
  for (const { suffix, smallest } of codings) await Bun.write(join(packed, path + suffix), smallest(bytes))
}

const client = await Bun.build({
  entrypoints: [join(import.meta.dir, '..', 'src', 'chat-client', 'index.ts')],
  target: 'browser',
  external: ['centrifuge'],
})
for (const output of client.outputs) await Bun.write(join(import.meta.dir, '..', 'dist', 'chat-client.js'), output)

// Types are shipped by themselves, because a user's compiler would check our sources by the user's rules.
const root = join(import.meta.dir, '..')
await rm(join(root, 'dist', 'types'), { recursive: true, force: true })
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const made = Bun.spawnSync([process.execPath, compiler, '-p', join(root, 'tsconfig.types.json')], {
  stdout: 'inherit',
  stderr: 'inherit',
})
if (made.exitCode !== 0) process.exit(1)
