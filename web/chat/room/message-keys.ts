/** What the keys do at a row that has the focus. What may not be done does nothing, as it stands in no menu. */
import type { Translate } from '../../i18n/translate.ts'
import { copyText } from '../../lib/clipboard.ts'
import { isMac } from '../../lib/platform.ts'
import { mayRemove, rightsIn } from '../../lib/rights.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import { askedBy, type Doing } from '../../lib/shortcuts.ts'
import type { Message, Room } from '../../lib/views.ts'
import { say } from '../../ui/toast.ts'
import { goToComposer } from '../composer/composer-focus.ts'
import type { useDeed } from '../use-deed.ts'
import type { OpenMenu } from './use-message-menu.ts'
import type { Roving, Step } from './use-roving.ts'

export interface MessageKeys {
  readonly model: RoomModel
  readonly room: Room
  readonly openMenu: OpenMenu
  readonly roving: Roving
  /** The message of a row; undefined: it is none of the log. */
  readonly messageOf: (key: string) => Message | undefined
  readonly me: string
  readonly deed: ReturnType<typeof useDeed>
  readonly t: Translate
}

type What = Doing<'message'>

/** What is asked of the row that has the focus, and done; undefined: nothing. */
export function pressed(event: KeyboardEvent, keys: MessageKeys): boolean {
  if (event.defaultPrevented || !(event.target instanceof HTMLElement)) return false
  const what = askedBy(event, 'message', isMac)?.what
  const row = event.target.closest<HTMLElement>('[data-stop]')
  if (what === undefined || row === null) return false
  if (what === 'shortcut.toComposer') return goToComposer()
  if (row !== event.target) return false // a button within it has keys of its own
  const key = row.dataset['stop'] ?? ''
  const step = steps[what]
  if (step !== undefined) keys.roving.go(key, step)
  const message = keys.messageOf(key)
  if (step !== undefined || message === undefined || message.removed !== undefined) return step !== undefined
  return done(what, message, row, keys)
}

const steps: { readonly [W in What]?: Step } = {
  'shortcut.earlier': -1,
  'shortcut.later': 1,
  'shortcut.first': 'first',
  'shortcut.latest': 'last',
}

/** Whether it may be done. */
function done(what: What, message: Message, row: HTMLElement, keys: MessageKeys): boolean {
  const { model, room, openMenu, me, deed } = keys
  const rights = rightsIn(room)
  const isMine = message.from === me
  const open = (kind: 'menu' | 'emoji' | 'forward' | 'recall' | 'remove') =>
    openMenu(message, row.querySelector('[data-bubble]') ?? row, { kind, back: row })
  const all: { readonly [W in What]?: readonly [may: boolean, run: () => unknown] } = {
    'message.menu': [true, () => open('menu')],
    'message.react': [rights.react, () => open('emoji')],
    'message.forward': [true, () => open('forward')],
    'shortcut.remove': [mayRemove(rights, message, me), () => open(isMine ? 'recall' : 'remove')],
    'shortcut.pin': [rights.pin, () => deed(model.deeds.pin(message.offset, !message.pinned))],
    'message.copy': [message.text !== '' && isNothingSelected(), () => copy(message.text, keys.t)],
    'message.reply': [rights.write === true, () => model.deeds.setDraft({ about: { kind: 'reply', message } })],
    'message.edit': [
      rights.write === true && isMine && message.text !== '',
      () => model.deeds.setDraft({ about: { kind: 'edit', message }, text: message.text }),
    ],
  }
  const [may, run] = all[what] ?? [false]
  if (may) void run?.()
  return may
}

/** Else the browser copies what is. */
const isNothingSelected = (): boolean => getSelection()?.isCollapsed !== false

async function copy(text: string, t: Translate): Promise<void> {
  say((await copyText(text)) ? t('copied') : t('notCopied'))
}
