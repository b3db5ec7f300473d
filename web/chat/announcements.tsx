import { useEffect, useState } from 'react'
import { useT } from '../i18n/use-translate.ts'
import { Announcer } from '../lib/announcer.ts'
import type { RoomAddress } from '../lib/route.ts'
import type { Message } from '../lib/views.ts'
import { useModel, useSource } from './context.ts'
import { plain } from './markdown/parse.ts'

/** Nobody listens to more of one message than this; the rest can be read. In characters. */
const spoken = 400

/**
 * The one place of the page that tells those who do not see it what others say
 * in the room that is open. It is always there, or what comes first would not be
 * told; each message is a new paragraph, so that it is told once.
 */
export function Announcements({ at }: { at: RoomAddress | undefined }) {
  const model = useModel()
  const room = at && model.room(at)
  const [announcer] = useState(() => new Announcer<Message>())
  useEffect(() => {
    const stop = room?.arrivals((messages) => announcer.arrived(messages))
    return () => {
      stop?.()
      announcer.forget()
    }
  }, [room, announcer])
  const said = useSource(announcer.said)
  return (
    <div aria-live="polite" aria-relevant="additions" data-announcements className="unseen">
      {said !== undefined && <Said key={said.id} news={said.news} />}
    </div>
  )
}

/** What was said stays as it was said, whatever becomes known of who said it. */
function Said({ news }: { news: readonly Message[] }) {
  const words = useWords()
  const [text] = useState(() => words(news))
  return <p>{text}</p>
}

/** One message in its own words; of several how many they are. */
function useWords(): (news: readonly Message[]) => string {
  const { people } = useModel()
  const t = useT()
  return (news) => {
    const [first] = news
    if (first === undefined || news.length > 1) return t('announce.several', { count: news.length })
    const { from, as, text, files } = first
    const name = as?.name ?? people.value.byId.get(from)?.name ?? t('people.somebody')
    const words = text === '' ? t('message.files', { count: files.length }) : shortened(plain(text))
    return t('announce.message', { name, text: words })
  }
}

function shortened(text: string): string {
  const characters = Array.from(text)
  return characters.length > spoken ? `${characters.slice(0, spoken).join('')}…` : text
}
