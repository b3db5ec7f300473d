import { memo, useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { Marks, RoomModel } from '../../lib/room-model.ts'
import { rightsIn } from '../../lib/rights.ts'
import type { GroupPlace } from '../../lib/rows.ts'
import type { Message, Room } from '../../lib/views.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { classes } from '../../ui/classes.ts'
import { useMe, usePerson } from '../context.ts'
import { deliveryOf } from './delivery.ts'
import { MessageBubble } from './message-bubble.tsx'
import { MessageToolbar } from './message-toolbar.tsx'
import { Reactions } from './reactions.tsx'
import { useLongPress } from './use-long-press.ts'
import type { OpenMenu } from './use-message-menu.ts'

interface Props {
  readonly rowKey: string
  readonly message: Message
  readonly place: GroupPlace
  readonly room: Room
  readonly marks: Marks
  readonly active: boolean
  readonly model: RoomModel
  readonly openMenu: OpenMenu
}

/** A message of the log, with all that can be done to it. */
export const MessageRow = memo(function MessageRow({
  rowKey,
  message,
  place,
  room,
  marks,
  active,
  model,
  openMenu,
}: Props) {
  const me = useMe()
  const t = useT()
  const [near, setNear] = useState(false) // a pointer or the focus is on it
  const person = usePerson(message.from)
  const name = message.as?.name ?? person.name
  const isMine = message.from === me.id && message.as === undefined
  const hasFace = !isMine && room.kind !== 'direct'
  const title = hasFace && place.first ? name : undefined
  const id = `message-${message.offset}`
  const longPress = useLongPress((point) => openMenu(message, point))
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the toolbar offers the same
    <li
      id={id}
      data-row={rowKey}
      data-stop={rowKey}
      data-offset={message.offset}
      aria-label={isMine ? t('you') : name}
      aria-labelledby={title === undefined ? `${id} ${id}-says` : `${id}-says`} // who it was, what was said, and when
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- one row is reached by Tab, the others by the arrows
      tabIndex={active ? 0 : -1}
      className={classes(
        'group relative flex flex-none scroll-mt-10 scroll-mb-2 rounded-large outline-offset-0',
        place.first ? 'mt-2' : 'mt-0.5',
        isMine ? 'flex-row-reverse ps-10' : 'pe-10',
        hasFace && 'ps-11',
      )}
      onPointerEnter={(event) => event.pointerType === 'mouse' && setNear(true)}
      onPointerLeave={() => setNear(false)}
      onFocus={() => setNear(true)}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setNear(false)}
      {...longPress}
    >
      {hasFace && place.first && (
        <span className="absolute start-0 top-0.5">
          <Avatar id={message.from} name={name} picture={message.as?.avatar ?? person.avatar} />
        </span>
      )}
      <div className={classes('relative flex min-w-0 flex-col', isMine ? 'items-end' : 'items-start')}>
        <MessageBubble
          id={`${id}-says`}
          message={message}
          place={place}
          mine={isMine}
          title={title}
          bot={message.as !== undefined || person.kind === 'bot'}
          delivery={isMine ? deliveryOf(message.offset, marks) : undefined}
          room={room}
        />
        <Reactions message={message} model={model} disabled={!rightsIn(room).react} />
        {near && message.removed === undefined && (
          <MessageToolbar message={message} mine={isMine} model={model} room={room} openMenu={openMenu} />
        )}
      </div>
    </li>
  )
}, looksTheSame)

/** With each message the room is another object, of which a row shows little; hundreds of rows stay as they are. */
function looksTheSame(before: Props, after: Props): boolean {
  const { place, marks, room, ...others } = before
  const rest: Omit<Props, 'place' | 'marks' | 'room'> = after
  return (
    others.rowKey === rest.rowKey &&
    others.message === rest.message &&
    others.active === rest.active &&
    others.model === rest.model &&
    others.openMenu === rest.openMenu &&
    isSame(place, after.place, ['first', 'last']) &&
    isSame(marks, after.marks, ['read', 'delivered']) &&
    isSame(room, after.room, ['id', 'kind', 'role', 'archived', 'readOnly', 'mutedUntil'])
  )
}

function isSame<T>(one: T, other: T, keys: readonly (keyof T)[]): boolean {
  return keys.every((key) => one[key] === other[key])
}
