import type { Room } from '../../lib/views.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { classes } from '../../ui/classes.ts'

interface Props {
  readonly room: Room
  /** Where there is space for fingers. */
  readonly roomy?: boolean
  readonly onChoose: () => void
}

/** A room in a list of which one is chosen: to forward to, to share with. */
export function RoomChoice({ room, roomy = false, onChoose }: Props) {
  return (
    <li>
      <button
        type="button"
        className={classes(
          'flex w-full items-center rounded-medium text-start hover:bg-wash',
          roomy ? 'min-h-13 gap-4 px-2' : 'gap-3 p-2',
        )}
        onClick={onChoose}
      >
        <Avatar
          id={room.peer?.id ?? room.id}
          name={room.name}
          picture={room.peer?.avatar ?? room.avatar}
          square={room.kind !== 'direct'}
        />
        <bdi className="truncate">{room.name}</bdi>
      </button>
    </li>
  )
}
