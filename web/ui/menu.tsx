import type { ReactNode } from 'react'
import { later } from './later.tsx'

export interface MenuItem {
  readonly label: string
  readonly icon?: ReactNode
  readonly run: () => void
  readonly danger?: boolean
  readonly checked?: boolean
  /** A line above it. */
  readonly apart?: boolean
  readonly disabled?: boolean
  /** What does it without the menu: `word` is shown where there is a keyboard, `spoken` as `aria-keyshortcuts` has it. */
  readonly keys?: { readonly word: string; readonly spoken: string } | undefined
}

/** What a menu hangs on: an element, or a point of the window. */
export type Anchor = Element | { readonly x: number; readonly y: number }

export interface MenuProps {
  readonly label: string
  readonly anchor: Anchor
  /** What has the focus afterwards, if it is not the anchor. */
  readonly back?: HTMLElement | undefined
  readonly items: readonly MenuItem[]
  /** Signs in a row above the items, such as reactions. */
  readonly row?: { readonly label: string; readonly items: readonly MenuItem[] } | undefined
  readonly align?: 'start' | 'center' | 'end'
  readonly onClose: () => void
}

/** Opens by being there. */
export const Menu = later<MenuProps>(async () => (await import('./menu-popup.tsx')).MenuPopup)
