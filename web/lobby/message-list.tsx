import { Fragment, useCallback, useSyncExternalStore } from 'react'
import { useWords } from '../i18n/language.ts'
import { day, dayKey } from '../i18n/times.ts'
import type { Lobby } from '../lib/lobby.ts'
import type { Entry, Message as MessageEntry } from '../lib/timeline.ts'
import { Message } from './message.tsx'
import { Notice } from './notice.tsx'
import { PendingMessage } from './pending-message.tsx'
import { useBottom } from './use-bottom.ts'

export function MessageList({ lobby }: { lobby: Lobby }) {
  const words = useWords()
  const entries = useSyncExternalStore(lobby.timeline.subscribe, () => lobby.timeline.entries)
  const pending = useSyncExternalStore(lobby.outbox.subscribe, () => lobby.outbox.pending)
  const busy = useSyncExternalStore(
    lobby.subscribe,
    () => lobby.state === 'connecting' || lobby.state === 'catching-up',
  )
  const own = pending.at(-1)?.id
  const { list, scrolled, unseen, away, toBottom } = useBottom(entries, own)
  const retry = useCallback((id: string) => lobby.outbox.retry(id), [lobby])
  const discard = useCallback((id: string) => lobby.outbox.discard(id), [lobby])
  return (
    <div className="messages">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <ol ref={list} role="log" aria-label={words.messages} aria-busy={busy} tabIndex={0} onScroll={scrolled}>
        {entries.length + pending.length === 0 && <li className="notice">{busy ? words.loading : words.empty}</li>}
        {entries.map((entry, index) => (
          <Fragment key={entry.key}>
            {startsDay(entries, index) && (
              <li className="day">
                <span>{day(words.lang, entry.time)}</span>
              </li>
            )}
            {entry.kind === 'notice' ? (
              <Notice notice={entry} />
            ) : (
              <Message
                message={entry}
                mine={entry.user !== '' && entry.user === lobby.me}
                first={startsGroup(entries, index)}
              />
            )}
          </Fragment>
        ))}
        {pending.map((item) => (
          <PendingMessage key={item.id} item={item} retry={retry} discard={discard} />
        ))}
      </ol>
      {away && (
        <button type="button" className="latest" onClick={toBottom}>
          {unseen > 0 ? words.newMessages(unseen) : words.toLatest} <span aria-hidden="true">↓</span>
        </button>
      )}
    </div>
  )
}

function startsDay(entries: readonly Entry[], index: number): boolean {
  const [before, entry] = [entries[index - 1], entries[index]]
  return entry !== undefined && (before === undefined || dayKey(before.time) !== dayKey(entry.time))
}

/** One person's messages of a few minutes stand together under one name. */
function startsGroup(entries: readonly Entry[], index: number): boolean {
  const [before, entry] = [entries[index - 1], entries[index]]
  if (before?.kind !== 'message' || entry?.kind !== 'message') return true
  return !samePerson(before, entry) || entry.time - before.time > 5 * 60_000 || startsDay(entries, index)
}

function samePerson(a: MessageEntry, b: MessageEntry): boolean {
  return a.user === b.user && a.name === b.name && a.server === b.server
}
