/**
 * The files of the page, made from `web/`. A checkout makes them in memory when
 * the server starts, in some 30 ms on the bundler's own threads; a packed
 * release carries them in `dist/web`, made by the same function.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export interface Asset {
  readonly path: string // of the URL; a file below /assets/ carries the hash of its content in its name
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

const root = join(import.meta.dir, '..', '..')
const source = join(root, 'web/index.html')
export const packed = join(root, 'dist/web')

/** @throws when a source does not compile, or there is neither source nor packed page */
export function assets(): Promise<Asset[]> {
  return existsSync(source) ? bundle() : unpack()
}

export async function bundle(): Promise<Asset[]> {
  const { outputs } = await Bun.build({
    entrypoints: [source],
    target: 'browser',
    minify: true,
    publicPath: '/', // without it, assets are looked for beside the page, which breaks below any deeper path
    naming: { entry: '[name].[ext]', chunk: 'assets/[name]-[hash].[ext]', asset: 'assets/[name]-[hash].[ext]' },
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return Promise.all(
    outputs.map(async (output) => ({
      path: new URL(output.path, 'file:///').pathname,
      type: output.type,
      bytes: new Uint8Array(await output.arrayBuffer()),
    })),
  )
}

async function unpack(): Promise<Asset[]> {
  const paths = await Array.fromAsync(new Bun.Glob('**/*').scan(packed))
  return Promise.all(
    paths.map(async (path) => {
      const file = Bun.file(join(packed, path))
      return { path: `/${path}`, type: file.type, bytes: await file.bytes() }
    }),
  )
}
