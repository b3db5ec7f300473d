/** Emoji by name, such as `:tada:`, as GitHub and Slack write them. The table is fetched when a text needs it. */
import { Cell } from './cell.ts'

export type Shortcodes = ReadonlyMap<string, string>

export const shortcodes = new Cell<Shortcodes | undefined>(undefined)

const pattern = /:([\w+-]{1,40}):/g
let loading: Promise<void> | undefined

export function hasShortcodes(text: string): boolean {
  return text.search(pattern) !== -1
}

/** Where the network fails, the next text that needs it tries again. */
export function loadShortcodes(): Promise<void> {
  loading ??= load().catch(() => {
    loading = undefined
  })
  return loading
}

async function load(): Promise<void> {
  const { default: table } = await import('emojibase-data/en/shortcodes/github.json')
  shortcodes.value = new Map(
    Object.entries(table).flatMap(([code, names]) => [names].flat().map((name) => [name, characters(code)] as const)),
  )
}

/** `1F44D-1F3FB` is two code points. */
function characters(code: string): string {
  return String.fromCodePoint(...code.split('-').map((point) => Number.parseInt(point, 16)))
}

export function emojiOf(text: string, codes: Shortcodes | undefined): string {
  if (codes === undefined) return text
  return text.replaceAll(pattern, (code, name: string) => codes.get(name.toLowerCase()) ?? code)
}
