import type { KeyboardEvent } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { copyText } from '../../lib/clipboard.ts'
import { isMac } from '../../lib/platform.ts'
import { mayRemove, rightsIn } from '../../lib/rights.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import { askedBy, type Doing } from '../../lib/shortcuts.ts'
import type { Message, Room } from '../../lib/views.ts'
import { say } from '../../ui/toast.ts'
import { goToComposer } from '../composer/composer-focus.ts'
import { useMe } from '../context.ts'
import { useDeed } from '../use-deed.ts'
import type { OpenMenu } from './use-message-menu.ts'
import type { Roving, Step } from './use-roving.ts'

interface Parts {
  readonly model: RoomModel
  readonly room: Room
  readonly openMenu: OpenMenu
  readonly roving: Roving
  /** The message of a row; undefined: it is none of the log. */
  readonly messageOf: (key: string) => Message | undefined
}

type What = Doing<'message'>

/** What the keys do at a row that has the focus. What may not be done does nothing, as it stands in no menu. */
export function useMessageKeys({ model, room, openMenu, roving, messageOf }: Parts) {
  const me = useMe()
  const deed = useDeed()
  const t = useT()

  return (event: KeyboardEvent<HTMLElement>): void => {
    if (event.defaultPrevented || !(event.target instanceof HTMLElement)) return
    const what = askedBy(event.nativeEvent, 'message', isMac)?.what
    const row = event.target.closest<HTMLElement>('[data-stop]')
    if (what === undefined || row === null) return
    const isRow = row === event.target
    if (what === 'shortcut.toComposer' ? goToComposer() : isRow && done(what, row)) event.preventDefault()
  }

  /** Whether there was something to do. */
  function done(what: What, row: HTMLElement): boolean {
    const key = row.dataset['stop'] ?? ''
    const step = steps[what]
    if (step !== undefined) roving.go(key, step)
    else {
      const message = messageOf(key)
      if (message === undefined || message.removed !== undefined) return false
      return toMessage(what, message, row)
    }
    return true
  }

  function toMessage(what: What, message: Message, row: HTMLElement): boolean {
    const rights = rightsIn(room)
    const isMine = message.from === me.id
    switch (what) {
      case 'message.menu':
        openMenu(message, bubbleOf(row), { back: row })
        return true
      case 'message.react':
        if (rights.react) openMenu(message, bubbleOf(row), { kind: 'emoji', back: row })
        return rights.react
      case 'message.forward':
        openMenu(message, bubbleOf(row), { kind: 'forward', back: row })
        return true
      case 'shortcut.remove':
        if (!mayRemove(rights, message, me.id)) return false
        openMenu(message, bubbleOf(row), { kind: isMine ? 'recall' : 'remove', back: row })
        return true
      case 'message.reply':
        if (rights.write === true) model.deeds.setDraft({ about: { kind: 'reply', message } })
        return rights.write === true
      case 'message.edit':
        if (rights.write !== true || !isMine || message.text === '') return false
        model.deeds.setDraft({ about: { kind: 'edit', message }, text: message.text })
        return true
      case 'shortcut.pin':
        if (rights.pin) void deed(model.deeds.pin(message.offset, !message.pinned))
        return rights.pin
      case 'message.copy':
        if (message.text === '' || getSelection()?.isCollapsed === false) return false
        void copyText(message.text).then((copied) => say(copied ? t('copied') : t('notCopied')))
        return true
      default:
        return false
    }
  }
}

const steps: { readonly [W in What]?: Step } = {
  'shortcut.earlier': -1,
  'shortcut.later': 1,
  'shortcut.first': 'first',
  'shortcut.latest': 'last',
}

const bubbleOf = (row: HTMLElement): Element => row.querySelector('[data-bubble]') ?? row
