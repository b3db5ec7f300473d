/** A word at the edge of the window, that goes by itself. */
import { Cell } from '../lib/cell.ts'

export interface Toast {
  readonly id: number
  readonly text: string
  readonly kind: 'plain' | 'problem'
  readonly action?: { readonly label: string; readonly run: () => void } | undefined
}

const kept = 3
let made = 0

/** The last of them that were said: the layer shows those it has not shown yet. */
export const toasts = new Cell<readonly Toast[]>([])

export function say(text: string, options: Partial<Pick<Toast, 'kind' | 'action'>> = {}): void {
  toasts.value = [...toasts.value, { kind: 'plain' as const, ...options, id: ++made, text }].slice(-kept)
}
