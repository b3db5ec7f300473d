/** One menu for all messages of the list, for the message that it was opened on. */
import { useCallback, useState } from 'react'
import type { Message } from '../../lib/views.ts'
import type { Anchor } from '../../ui/menu.tsx'

export interface MessageMenu {
  readonly message: Message
  readonly anchor: Anchor
  readonly kind: 'menu' | 'emoji' | 'forward' | 'recall' | 'remove'
  /** What has the focus afterwards, if it is not what the menu hangs on. */
  readonly back?: HTMLElement | undefined
}

export type OpenMenu = (message: Message, anchor: Anchor, options?: Partial<Pick<MessageMenu, 'kind' | 'back'>>) => void

export function useMessageMenu() {
  const [menu, setMenu] = useState<MessageMenu>()
  const openMenu = useCallback<OpenMenu>((message, anchor, { kind = 'menu', back } = {}) => {
    if (message.removed === undefined) setMenu({ message, anchor, kind, back })
  }, [])
  return { menu, openMenu, closeMenu: useCallback(() => setMenu(undefined), []) }
}
