/** One menu for all messages of the list, for the message that it was opened on. */
import { useCallback, useState } from 'react'
import type { Message } from '../../lib/views.ts'
import type { Anchor } from '../../ui/menu.tsx'

export interface MessageMenu {
  readonly message: Message
  readonly anchor: Anchor
  readonly kind: 'menu' | 'emoji'
}

export type OpenMenu = (message: Message, anchor: Anchor, kind?: MessageMenu['kind']) => void

export function useMessageMenu() {
  const [menu, setMenu] = useState<MessageMenu>()
  const openMenu = useCallback<OpenMenu>((message, anchor, kind = 'menu') => {
    if (message.removed === undefined) setMenu({ message, anchor, kind })
  }, [])
  return { menu, openMenu, closeMenu: useCallback(() => setMenu(undefined), []) }
}
