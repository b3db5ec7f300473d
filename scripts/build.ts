/** Makes `dist/web`, the page that a packed release serves. Runs before packing. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle, packed } from '../src/chat/bundle.ts'

await rm(packed, { recursive: true, force: true })
for (const { path, bytes } of await bundle()) await Bun.write(join(packed, path), bytes)
