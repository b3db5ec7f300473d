/**
 * `bun scripts/page-size.ts`: what a browser has to fetch, and how much of it
 * before the first message can be read: the scripts that the page names, all
 * that those import, and the texts in one language. The rest comes when it is
 * wanted.
 *
 * Sizes are those that a packed release serves: brotli to every browser over
 * HTTPS, and gzip over plain HTTP, where browsers take nothing better. What it
 * may be is a promise of 150 KB in either; the limits leave some of it to spare.
 */
import { bundle, type Asset } from '../src/chat/bundle.ts'
import { codings } from '../src/chat/codings.ts'

/** Bytes of script before the first message. */
export const limit = { brotli: 130_000, gzip: 145_000 }

export interface PageSize {
  readonly path: string
  readonly brotli: number
  readonly gzip: number
  /** Needed before the first message can be read. */
  readonly first: boolean
}

export async function pageSizes(): Promise<PageSize[]> {
  const files = await bundle()
  const first = firstOf(files)
  return files
    .filter(({ path }) => /\.(js|css)$/.test(path))
    .map(({ path, bytes }) => ({
      path,
      ...sizesOf(bytes),
      first: first.has(path),
    }))
    .toSorted((a, b) => b.brotli - a.brotli)
}

function sizesOf(bytes: Asset['bytes']): { readonly brotli: number; readonly gzip: number } {
  const [brotli = 0, gzip = 0] = codings.map(({ smallest }) => smallest(bytes).length)
  return { brotli, gzip }
}

export function firstScripts(sizes: readonly PageSize[]): { readonly brotli: number; readonly gzip: number } {
  const scripts = sizes.filter(({ first, path }) => first && path.endsWith('.js'))
  const sum = (kind: 'brotli' | 'gzip') => scripts.reduce((total, size) => total + size[kind], 0)
  return { brotli: sum('brotli'), gzip: sum('gzip') }
}

/** By following what is imported at once; what is imported when it is wanted stands in brackets. */
function firstOf(files: readonly Asset[]): Set<string> {
  const texts = new Map(files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]))
  const queue = addresses(texts.get('/app.html'), /(?:src|href)="(\/assets\/[^"]+)"/g)
  queue.push(language(texts))
  const found = new Set<string>()
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue
    found.add(path)
    queue.push(...addresses(texts.get(path), /(?:from|import)\s*"(\/assets\/[\w.-]+\.js)"/g))
  }
  return found
}

/** English has the same texts as the others, and the longer ones. */
function language(texts: ReadonlyMap<string, string>): string {
  const [found] = [...texts].find(([, text]) => text.includes('Nothing you send gets lost on the way.')) ?? []
  if (found === undefined) throw new Error('the texts are not where they were')
  return found
}

function addresses(text: string | undefined, pattern: RegExp): string[] {
  return Array.from(text?.matchAll(pattern) ?? [], ([, path = '']) => path)
}

if (import.meta.main) {
  const sizes = await pageSizes()
  console.log('  brotli    gzip')
  for (const { path, brotli, gzip, first } of sizes)
    console.log(`${String(brotli).padStart(8)}${String(gzip).padStart(8)}  ${first ? 'first' : 'later'}  ${path}`)
  const { brotli, gzip } = firstScripts(sizes)
  console.log(
    `${brotli} bytes of script (brotli), ${gzip} (gzip) before the first message, of ${limit.brotli} and ${limit.gzip}`,
  )
}
