/**
 * Which file leads to which, read from the text of the sources: so types,
 * re-exports, dynamic imports, `import('…')` in a type and workers by URL count
 * as well, none of which is left in what runs.
 */
import { posix } from 'node:path'

/** Path from the root of the project → text. */
export type Sources = Readonly<Record<string, string>>

export interface Arrow {
  readonly from: string
  readonly to: string // a path from the root of the project, or the name of a package
  readonly relative: boolean
}

export function arrows(sources: Sources): Arrow[] {
  return Object.entries(sources).flatMap(([from, text]) =>
    specifiers(text).map((specifier) => {
      if (specifier === 'posthouse') return { from, to: 'src/index.ts', relative: true } // by our own name
      const relative = specifier.startsWith('.')
      return { from, to: relative ? posix.join(posix.dirname(from), specifier) : specifier, relative }
    }),
  )
}

/** Reads all TypeScript under these folders of the project. */
export async function readSources(root: string, folders: readonly string[]): Promise<Sources> {
  const paths = [...new Bun.Glob(`{${folders.join(',')}}/**/*.{ts,tsx}`).scanSync({ cwd: root })].toSorted()
  const entries = paths.map(async (path) => [path, await Bun.file(`${root}/${path}`).text()] as const)
  return Object.fromEntries(await Promise.all(entries))
}

function specifiers(text: string): string[] {
  // Comments may speak of imports. A string is matched first, so that what looks like a comment in it stays.
  const code = text.replace(/('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '$1')
  return [...code.matchAll(reference)].map((match) => match[1] ?? match[2] ?? '')
}

const quoted = String.raw`['"\`]([^'"\`]+)['"\`]`
const reference = new RegExp(
  [
    String.raw`\b(?:import|export)\b(?:[^'"\`;()=]*?\bfrom)?\s*${quoted}`, // import … from, export … from, import '…'
    String.raw`\b(?:import|require|new\s+URL)\s*\(\s*${quoted}`, // import('…'), also as a type; new URL('…', import.meta.url)
  ].join('|'),
  'g',
)
