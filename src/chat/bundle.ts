/**
 * The files of the pages, made from `web/`. A checkout makes them in memory when
 * the server starts, on the bundler's own threads; a packed release carries them
 * in `dist/web`, made by the same function and compressed as far as it goes.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { codings } from './codings.ts'

export interface Asset {
  readonly path: string // of the URL; a file below /assets/ carries the hash of its content in its name
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Compressed beforehand, because the best compression takes seconds; by the name of the coding. */
  readonly coded?: ReadonlyMap<string, Uint8Array<ArrayBuffer>> | undefined
}

const root = join(import.meta.dir, '..', '..')
const source = join(root, 'web')
export const packed = join(root, 'dist/web')

/** @throws when a source does not compile, or there is neither source nor packed page */
export function assets(): Promise<Asset[]> {
  return existsSync(source) ? bundle() : unpack()
}

export async function bundle(): Promise<Asset[]> {
  const [app, early, fixed] = await Promise.all([build('chat/app.html'), earlyScript(), publicFiles()])
  const files = [...app.map((file) => (file.path === '/app.html' ? beginningWith(early, file) : file)), ...fixed]
  return [...files, await serviceWorker(files)]
}

const hashed = 'assets/[name]-[hash].[ext]'

/** One page and all that it loads. Parts that are loaded later are files of their own. */
export async function build(entry: string, define: Readonly<Record<string, string>> = {}): Promise<Asset[]> {
  const [style, { outputs }] = await Promise.all([
    stylesheet(),
    Bun.build({
      entrypoints: [join(source, entry)],
      target: 'browser',
      minify: true,
      splitting: true,
      publicPath: '/', // without it, assets are looked for beside the page, which breaks below any deeper path
      naming: { entry: '[name].[ext]', chunk: hashed, asset: hashed },
      define: { 'process.env.NODE_ENV': '"production"', ...define },
    }),
  ])
  const head = headOf(style.path, outputs.map(pathOf))
  const files = outputs.map((output) => {
    const path = pathOf(output)
    return path.endsWith('.html') ? linked(path, output, head) : asset(path, output)
  })
  return [style, ...(await Promise.all(files))]
}

/**
 * Apart from the page: for browsers the bundler writes each logical property in
 * three ways, by the names of 57 languages, which was half of the file and took
 * time whenever a style was looked up. All browsers that know `light-dark()`,
 * which the theme needs, know the properties as well.
 */
async function stylesheet(): Promise<Asset> {
  // Needed only where there are sources; who installs the package does not have it.
  const { default: tailwind } = await import('bun-plugin-tailwind')
  const { outputs } = await Bun.build({
    entrypoints: [join(source, 'ui/app.css')],
    target: 'bun',
    minify: true,
    plugins: [tailwind],
    naming: hashed,
  })
  const style = only(outputs)
  return asset(pathOf(style), style)
}

const pathOf = (output: Bun.BuildArtifact): string => new URL(output.path, 'file:///').pathname

/** It stands in the page itself, and runs before the page has fetched anything. */
async function earlyScript(): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [join(source, 'chat/at-once.ts')],
    target: 'browser',
    format: 'iife',
    minify: true,
  })
  return (await only(outputs).text()).trim()
}

function beginningWith(script: string, page: Asset): Asset {
  const text = new TextDecoder().decode(page.bytes)
  return {
    ...page,
    bytes: new TextEncoder().encode(text.replace(/(?=<link|<script)/, () => `<script>${script}</script>`)),
  }
}

/** Built apart, because its address may never change; it is told what makes up the app, and so changes when that does. */
async function serviceWorker(files: readonly Asset[]): Promise<Asset> {
  const { outputs } = await Bun.build({
    entrypoints: [join(source, 'chat/sw.ts')],
    target: 'browser',
    minify: true,
    define: { shellFiles: JSON.stringify(versioned(files)) },
  })
  return asset('/sw.js', only(outputs))
}

function only<T>(outputs: readonly T[]): T {
  const [output] = outputs
  if (output === undefined || outputs.length > 1) throw new Error('a script that stands alone became several, or none')
  return output
}

/** With a hash where the name has none, so that a new version is another text. */
function versioned(files: readonly Asset[]): [path: string, version: string][] {
  return files.map(({ path, bytes }) => [path, path.startsWith('/assets/') ? '' : Bun.hash(bytes).toString(36)])
}

/**
 * What is served under its own name, because something outside of the page asks
 * for it. The bundler wants to have all that HTML names, so it is named after.
 */
const links = [
  '<link rel="manifest" href="/manifest.webmanifest">',
  '<link rel="icon" href="/icons/any.svg" type="image/svg+xml">',
  '<link rel="apple-touch-icon" href="/icons/180.png">',
].join('')

/** What the page has to know: how it looks, and where that is which it fetches by itself. */
function headOf(style: string, paths: readonly string[]): string {
  const sdk = paths.find((path) => path.startsWith('/assets/sdk-link-'))
  const named = sdk === undefined ? '' : `<meta name="posthouse-sdk" content="${sdk}">`
  return `<link rel="stylesheet" href="${style}">${named}`
}

async function linked(path: string, page: Blob, head: string): Promise<Asset> {
  const text = (await page.text()).replace('<script', `${head}<script`).replace('</head>', `${links}</head>`)
  return asset(path, new Blob([text], { type: page.type }))
}

async function publicFiles(): Promise<Asset[]> {
  const folder = join(source, 'public')
  const paths = await Array.fromAsync(new Bun.Glob('**/*').scan(folder))
  return Promise.all(paths.map((path) => asset(`/${path}`, Bun.file(join(folder, path)))))
}

async function asset(path: string, file: Blob): Promise<Asset> {
  return { path, type: typeOf(path, file.type), bytes: new Uint8Array(await file.arrayBuffer()) }
}

const typeOf = (path: string, known: string): string =>
  path.endsWith('.webmanifest') ? 'application/manifest+json' : known

async function unpack(): Promise<Asset[]> {
  const paths = await Array.fromAsync(new Bun.Glob('**/*').scan(packed))
  const isCoded = (path: string): boolean => codings.some(({ suffix }) => path.endsWith(suffix))
  return Promise.all(
    paths
      .filter((path) => !isCoded(path))
      .map(async (path) => ({
        ...(await asset(`/${path}`, Bun.file(join(packed, path)))),
        coded: await codedOf(path),
      })),
  )
}

async function codedOf(path: string): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const found = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const { name, suffix } of codings) {
    const file = Bun.file(join(packed, path + suffix))
    if (await file.exists()) found.set(name, await file.bytes())
  }
  return found
}
