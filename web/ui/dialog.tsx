import type { ReactNode } from 'react'
import { later } from './later.tsx'

export interface DialogProps {
  readonly title: string
  readonly text?: ReactNode
  readonly children?: ReactNode
  /** Below, to press; given what closes the dialog. */
  readonly buttons?: ReactNode
  /** It asks before something that cannot be undone: a press beside it does not close it. */
  readonly urgent?: boolean
  readonly onClose: () => void
}

/** A question in the middle of the window; on a phone a sheet that comes from below. Opens by being there. */
export const Dialog = later<DialogProps>(async () => (await import('./dialog-popup.tsx')).DialogPopup)
