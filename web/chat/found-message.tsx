import type { ReactNode } from 'react'
import { shortTime } from '../i18n/format.ts'
import { useT } from '../i18n/use-translate.ts'
import type { RoomAddress } from '../lib/route.ts'
import type { Message } from '../lib/views.ts'
import { Avatar } from '../ui/avatar.tsx'
import { usePerson } from './context.ts'
import { Link } from './link.tsx'

interface Props {
  readonly message: Message
  readonly at: RoomAddress
  /** Where it was said, if that is not clear. */
  readonly place?: ReactNode
  readonly children: ReactNode
}

/** A message elsewhere, in short: a press leads to it. */
export function FoundMessage({ message, at, place, children }: Props) {
  const person = usePerson(message.from)
  const { lang } = useT()
  const name = message.as?.name ?? person.name
  return (
    <Link to={{ view: 'room', at, offset: message.offset }} className="flex gap-3 rounded-large p-2.5 hover:bg-wash">
      <Avatar id={message.from} name={name} picture={person.avatar} />
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <bdi className="truncate font-semibold">{name}</bdi>
          {place !== undefined && <span className="min-w-0 flex-1 truncate text-small text-soft">{place}</span>}
          <time className="ms-auto flex-none text-tiny text-soft tabular-nums">{shortTime(lang, message.time)}</time>
        </span>
        <bdi className="line-clamp-3 text-small wrap-anywhere">{children}</bdi>
      </span>
    </Link>
  )
}
