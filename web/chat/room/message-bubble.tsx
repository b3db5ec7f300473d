import { useMemo } from 'react'
import { Forward, Pin } from 'lucide-react'
import { useT } from '../../i18n/use-translate.ts'
import type { GroupPlace } from '../../lib/rows.ts'
import type { Message, Room } from '../../lib/views.ts'
import { hueOf } from '../../ui/avatar.tsx'
import { classes } from '../../ui/classes.ts'
import { useMe, useModel, useSource } from '../context.ts'
import { Markdown } from '../markdown/markdown.tsx'
import { Files, lastOf } from './files.tsx'
import { LinkPreviews } from './link-previews.tsx'
import { MessageTime } from './message-time.tsx'
import { QuoteView } from './quote-view.tsx'
import type { Delivery } from './delivery.ts'

interface Props {
  /** Of the element that says all of it. */
  readonly id: string
  readonly message: Message
  readonly place: GroupPlace
  readonly mine: boolean
  readonly bot: boolean
  /** Of the sender, where it is shown. */
  readonly title: string | undefined
  readonly delivery: Delivery | undefined
  readonly room: Pick<Room, 'id' | 'kind' | 'peer'>
}

/** What was said: who it was, what it answers, the text, what comes with it, and when. */
export function MessageBubble({ id, message, place, mine, bot, title, delivery, room }: Props) {
  const mentions = useMentions(message)
  const t = useT()
  if (message.removed !== undefined) return <Tombstone id={id} message={message} mine={mine} delivery={delivery} />
  const time = <MessageTime message={message} delivery={delivery} />
  const isBare = message.text === '' && message.reply === undefined && onlyImages(message)
  return (
    <div
      id={id}
      data-bubble
      className={classes(
        'relative min-w-0 max-w-full rounded-bubble',
        isBare ? 'overflow-hidden' : 'px-3 py-1.5',
        mine ? 'bg-mine' : 'bg-sheet shadow-low',
        !place.first && (mine ? 'rounded-se-small' : 'rounded-ss-small'),
        !place.last && (mine ? 'rounded-ee-small' : 'rounded-es-small'),
      )}
    >
      {title !== undefined && (
        <p
          className="flex items-center gap-1.5 text-small font-semibold text-(--hue)"
          style={{ '--hue': `var(--hue-${hueOf(message.from)})` } as React.CSSProperties}
        >
          <bdi className="truncate">{title}</bdi>
          {bot && <span className="rounded-small bg-wash px-1 text-tiny text-soft">{t('people.bot')}</span>}
        </p>
      )}
      {message.pinned && <Remark icon={<Pin aria-hidden />} text={t('message.pinned')} />}
      {message.forwarded !== undefined && (
        <Remark icon={<Forward aria-hidden />} text={t('message.forwardedFrom', { name: message.forwarded.name })} />
      )}
      {message.reply !== undefined && <QuoteView quote={message.reply} room={room} />}
      {message.files.length > 0 && <Files files={message.files} bare={isBare} />}
      {message.text === '' ? (
        <span className={isBare ? ends.picture : ends[lastOf(message.files)]}>
          <MessageTime message={message} delivery={delivery} onPicture={isBare} />
        </span>
      ) : (
        <Markdown text={message.text} mentions={mentions} end={time} />
      )}
      {message.previews.length > 0 && <LinkPreviews previews={message.previews} />}
    </div>
  )
}

/** Where the time stands, if not behind words. */
const ends = {
  picture: 'absolute end-2 bottom-2 rounded-full bg-black/50 px-1.5 text-white',
  image: 'block text-end',
  sound: 'absolute end-3 bottom-4', // in its last line
  card: 'absolute end-3 bottom-5', // so, too
} as const

/** It was taken back; that it was there stays. */
function Tombstone({ id, message, mine, delivery }: Pick<Props, 'id' | 'message' | 'mine' | 'delivery'>) {
  const t = useT()
  const isOwnDeed = message.removed?.by === message.from
  return (
    <p
      id={id}
      className={classes(
        'rounded-bubble border border-dashed border-edge/50 px-3 py-1.5 text-small text-soft italic',
        mine && 'text-end',
      )}
    >
      {isOwnDeed ? t('message.recalled') : t('message.removed')}
      <span className="not-italic">
        <MessageTime message={message} delivery={delivery} />
      </span>
    </p>
  )
}

function Remark({ icon, text }: { icon: React.ReactNode; text: string }) {
  return (
    <p className="flex items-center gap-1 text-tiny font-semibold text-soft [&>svg]:size-3">
      {icon}
      <span className="truncate">{text}</span>
    </p>
  )
}

const onlyImages = ({ files, previews }: Message): boolean =>
  files.length > 0 && previews.length === 0 && files.every(({ type }) => type.startsWith('image/'))

/** Those who are meant, by the names that stand in the text. */
function useMentions({ mentions, everyone }: Message) {
  const { byId } = useSource(useModel().people)
  const me = useMe()
  return useMemo(() => {
    const named = mentions.map((id) => [byId.get(id)?.name ?? '', { me: id === me.id }] as const)
    const all = everyone ? ['all', 'everyone', '所有人'].map((word) => [word, { me: true }] as const) : []
    return new Map([...named.filter(([name]) => name !== ''), ...all])
  }, [mentions, everyone, byId, me.id])
}
