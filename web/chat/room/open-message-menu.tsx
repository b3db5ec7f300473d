import { CheckCheck, Copy, Flag, Forward, Link2, Pencil, Pin, PinOff, Plus, Reply, Trash2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { copyText } from '../../lib/clipboard.ts'
import { isMac } from '../../lib/platform.ts'
import { mayRemove, rightsIn } from '../../lib/rights.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import { pathOf } from '../../lib/route.ts'
import { type Doing, keysOf, keyWord, spokenKeys } from '../../lib/shortcuts.ts'
import type { Message, Room } from '../../lib/views.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { later } from '../../ui/later.tsx'
import { Menu, type MenuItem } from '../../ui/menu.tsx'
import { say } from '../../ui/toast.ts'
import { useMe, useSource } from '../context.ts'
import type { EmojiPopoverProps } from './emoji-popover.tsx'
import { ForwardDialog } from './forward-dialog.tsx'
import { addressOfRoom } from './quote-view.tsx'
import { ReadersDialog } from './readers-dialog.tsx'
import { readersOf } from './readers.ts'
import type { MessageMenu } from './use-message-menu.ts'
import { ReportDialog } from './report-dialog.tsx'
import { useDeed } from '../use-deed.ts'

const EmojiPopover = later<EmojiPopoverProps>(async () => (await import('./emoji-popover.tsx')).EmojiPopover)
const quick = ['👍', '❤️', '😂', '🎉', '😮', '🙏']

export interface MessageMenuProps {
  readonly menu: MessageMenu
  readonly model: RoomModel
  readonly room: Room
  readonly onClose: () => void
}

type Question = 'recall' | 'remove' | 'report' | 'forward' | 'emoji' | 'readers'

export function OpenMessageMenu({ menu: { message, anchor, kind, back }, model, room, onClose }: MessageMenuProps) {
  const [question, setQuestion] = useState<Question | undefined>(kind === 'menu' ? undefined : kind)
  const receipts = useSource(model.receipts)
  const rights = rightsIn(room)
  const me = useMe()
  const deed = useDeed()
  const t = useT()
  const react = (emoji: string): void => {
    const mine = message.reactions.some((reaction) => reaction.emoji === emoji && reaction.mine)
    void deed(model.deeds.react(message.offset, emoji, !mine))
  }
  switch (question) {
    case undefined:
      return (
        <Menu
          label={t('message.menu')}
          anchor={anchor}
          back={back}
          items={items()}
          row={rights.react ? { label: t('message.react'), items: signs() } : undefined}
          onClose={onClose}
        />
      )
    case 'emoji':
      return <EmojiPopover anchor={anchor} back={back} choose={react} onClose={onClose} />
    case 'forward':
      return <ForwardDialog message={message} model={model} onClose={onClose} />
    case 'readers':
      return <ReadersDialog message={message} model={model} onClose={onClose} />
    case 'report':
      return <ReportDialog message={message} model={model} onClose={onClose} />
    case 'recall':
    case 'remove':
      return (
        <Confirm
          title={t(`message.${question}Title`)}
          text={t(`message.${question}Text`)}
          action={t(`message.${question}`)}
          run={() => deed(model.deeds[question](message.offset))}
          onClose={onClose}
        />
      )
  }

  function items(): MenuItem[] {
    const isMine = message.from === me.id
    const writes = rights.write === true
    const { read, others } = readersOf(receipts, message.offset, me.id)
    const all: (MenuItem | false)[] = [
      writes && {
        label: t('message.reply'),
        icon: <Reply aria-hidden />,
        keys: keys('message.reply'),
        run: () => about('reply'),
      },
      writes &&
        isMine &&
        message.text !== '' && {
          label: t('message.edit'),
          icon: <Pencil aria-hidden />,
          keys: keys('message.edit'),
          run: () => about('edit'),
        },
      message.text !== '' && {
        label: t('message.copy'),
        icon: <Copy aria-hidden />,
        keys: keys('message.copy'),
        run: () => void copy(message.text),
      },
      { label: t('message.copyLink'), icon: <Link2 aria-hidden />, run: () => void copy(linkOf(message, room)) },
      {
        label: t('message.forward'),
        icon: <Forward aria-hidden />,
        keys: keys('message.forward'),
        run: () => setQuestion('forward'),
      },
      rights.pin && {
        label: t(message.pinned ? 'message.unpin' : 'message.pin'),
        icon: message.pinned ? <PinOff aria-hidden /> : <Pin aria-hidden />,
        keys: keys('shortcut.pin'),
        run: () => void deed(model.deeds.pin(message.offset, !message.pinned)),
      },
      isMine &&
        room.kind !== 'direct' &&
        read.length + others.length > 0 && {
          label: read.length === 0 ? t('message.readByNobody') : t('message.readBy', { count: read.length }),
          icon: <CheckCheck aria-hidden />,
          run: () => setQuestion('readers'),
        },
      !isMine && {
        label: t('message.report'),
        icon: <Flag aria-hidden />,
        apart: true,
        run: () => setQuestion('report'),
      },
      mayRemove(rights, message, me.id) && {
        label: t(isMine ? 'message.recall' : 'message.remove'),
        icon: isMine ? <Undo2 aria-hidden /> : <Trash2 aria-hidden />,
        keys: keys('shortcut.remove'),
        danger: true,
        apart: isMine,
        run: () => setQuestion(isMine ? 'recall' : 'remove'),
      },
    ]
    return all.filter((item) => item !== false)
  }

  /** The usual reactions, and a way to all others. */
  function signs(): MenuItem[] {
    const usual = quick.map((emoji) => ({
      label: t('message.reactWith', { emoji }),
      icon: emoji,
      run: () => react(emoji),
    }))
    const more = { label: t('message.reactMore'), icon: <Plus aria-hidden />, keys: keys('message.react') }
    return [...usual, { ...more, run: () => setQuestion('emoji') }]
  }

  function about(what: 'reply' | 'edit'): void {
    model.deeds.setDraft({ about: { kind: what, message }, ...(what === 'edit' && { text: message.text }) })
  }

  async function copy(text: string): Promise<void> {
    say((await copyText(text)) ? t('copied') : t('notCopied'))
  }
}

/** That do the same at the message itself. */
function keys(what: Doing<'message'>): MenuItem['keys'] {
  const ways = keysOf(what, 'message')
  return ways && { word: keyWord(ways[0], isMac), spoken: spokenKeys(ways, isMac) }
}

function linkOf(message: Message, room: Room): string {
  return new URL(pathOf({ view: 'room', at: addressOfRoom(room), offset: message.offset }), location.href).href
}
