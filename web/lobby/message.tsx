import { memo } from 'react'
import { useWords } from '../i18n/language.ts'
import { clock, full } from '../i18n/times.ts'
import { hue } from '../lib/person.ts'
import type { Message as MessageEntry } from '../lib/timeline.ts'
import { Linked } from './linked.tsx'
import { initial } from './people-list.tsx'
import { Seal } from './seal.tsx'

interface Props {
  message: MessageEntry
  mine: boolean
  first: boolean // of a group: shows who speaks
}

export const Message = memo(function Message({ message, mine, first }: Props) {
  const words = useWords()
  const name = message.server ? words.server : message.name || words.anonymous
  return (
    <li className={`message ${mine ? 'mine' : 'theirs'} ${first ? 'first' : ''}`}>
      {first && !mine && (
        <i className="face" data-hue={hue(message.user)} aria-hidden="true">
          {message.server ? <Seal /> : initial(name)}
        </i>
      )}
      <div className="bubble">
        <b className={first && !mine ? 'name' : 'unseen'} data-hue={hue(message.user)}>
          <bdi>{name}</bdi>
        </b>
        <p dir="auto">
          <span className="said">
            <Linked text={message.text} />
          </span>
          {message.timed && (
            <time dateTime={new Date(message.time).toISOString()} title={full(words.lang, message.time)}>
              {clock(words.lang, message.time)}
            </time>
          )}
        </p>
      </div>
    </li>
  )
})
