import { Ellipsis, Reply, SmilePlus } from 'lucide-react'
import { useT } from '../../i18n/use-translate.ts'
import { rightsIn } from '../../lib/rights.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import type { Message, Room } from '../../lib/views.ts'
import { classes } from '../../ui/classes.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import type { OpenMenu } from './use-message-menu.ts'

interface Props {
  readonly message: Message
  readonly mine: boolean
  readonly model: RoomModel
  readonly room: Room
  readonly openMenu: OpenMenu
}

/** What is done most, beside the message that a pointer or the focus is on. */
export function MessageToolbar({ message, mine, model, room, openMenu }: Props) {
  const t = useT()
  const rights = rightsIn(room)
  return (
    <div
      className={classes(
        'absolute -top-4 z-2 hidden rounded-full border border-line bg-raised shadow-low fine:flex',
        mine ? 'end-[calc(100%-3rem)]' : 'start-[calc(100%-3rem)]',
      )}
    >
      {rights.react && (
        <IconButton
          small
          label={t('message.react')}
          aria-haspopup="menu"
          onClick={(event) => openMenu(message, event.currentTarget, { kind: 'emoji' })}
        >
          <SmilePlus aria-hidden />
        </IconButton>
      )}
      {rights.write === true && (
        <IconButton
          small
          label={t('message.reply')}
          onClick={() => model.deeds.setDraft({ about: { kind: 'reply', message } })}
        >
          <Reply aria-hidden />
        </IconButton>
      )}
      <IconButton
        small
        label={t('message.more')}
        aria-haspopup="menu"
        onClick={(event) => openMenu(message, event.currentTarget)}
      >
        <Ellipsis aria-hidden />
      </IconButton>
    </div>
  )
}
