import type { CSSProperties } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { RoomAddress } from '../../lib/route.ts'
import type { Quote, Room } from '../../lib/views.ts'
import { hueOf } from '../../ui/avatar.tsx'
import { usePerson } from '../context.ts'
import { usePlain } from '../markdown/formatting.ts'
import { Link } from '../link.tsx'

export type QuoteRoom = Pick<Room, 'id' | 'kind' | 'peer'>

/** The beginning of what is answered; a press leads there. */
export function QuoteView({ quote, room }: { quote: Quote; room: QuoteRoom }) {
  const person = usePerson(quote.from)
  const words = usePlain(quote.text)
  const t = useT()
  return (
    <Link
      to={{ view: 'room', at: addressOfRoom(room), offset: quote.offset }}
      className="my-1 block min-w-0 rounded-medium border-s-3 border-(--hue) bg-paper/60 px-2 py-1 text-small hover:bg-paper"
      style={{ '--hue': `var(--hue-${hueOf(quote.from)})` } as CSSProperties}
    >
      <span className="unseen">{t('message.toQuote', { name: person.name })}</span>
      <bdi className="block truncate font-semibold text-(--hue)">{person.name}</bdi>
      <span className="line-clamp-2 text-soft wrap-anywhere">
        {quote.removed ? t('message.removed') : quote.text === '' ? t('message.attachment') : words}
      </span>
    </Link>
  )
}

/** A room of two is named by the other person: that is what one would send on. */
export function addressOfRoom(room: QuoteRoom): RoomAddress {
  return room.kind === 'direct' && room.peer !== undefined ? { person: room.peer.id } : { room: room.id }
}
