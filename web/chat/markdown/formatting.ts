/** The parser and what makes elements of its tokens: fetched when there is a text that has marks. */
import { useEffect } from 'react'
import { Cell } from '../../lib/cell.ts'
import { emojiOf } from '../../lib/shortcodes.ts'
import { useSource } from '../context.ts'
import type { markedText, plain } from './marked-text.tsx'
import { hasMarks } from './marks.ts'
import { useShortcodes } from './use-shortcodes.ts'

interface Formatting {
  readonly markedText: typeof markedText
  readonly plain: typeof plain
}

const formatting = new Cell<Formatting | undefined>(undefined)
let loading: Promise<void> | undefined

/** Where the network fails, the next text that needs it tries again. */
export function loadFormatting(): Promise<void> {
  loading ??= import('./marked-text.tsx').then(
    (loaded) => void (formatting.value = loaded),
    () => void (loading = undefined),
  )
  return loading
}

/** Undefined: the text needs it not, or it is on its way. */
export function useFormatting(text: string): Formatting | undefined {
  const loaded = useSource(formatting)
  const wanted = hasMarks(text)
  useEffect(() => {
    if (wanted) void loadFormatting()
  }, [wanted])
  return wanted ? loaded : undefined
}

/** The words without their marks, for where there is one line of them. */
export function usePlain(text: string): string {
  const codes = useShortcodes(text)
  const words = useFormatting(text)?.plain(text) ?? text.replaceAll(/\s+/g, ' ').trim()
  return emojiOf(words, codes)
}
