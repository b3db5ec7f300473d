import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { useWords } from '../i18n/language.ts'
import type { Lobby } from '../lib/lobby.ts'
import { Composer } from './composer.tsx'
import { ConnectionState } from './connection-state.tsx'
import { LanguageSwitch } from './language-switch.tsx'
import { MessageList } from './message-list.tsx'
import { PeopleList } from './people-list.tsx'
import { Seal } from './seal.tsx'

interface Props {
  lobby: Lobby
  name: string
  rename: () => void
}

export function LobbyView({ lobby, name, rename }: Props) {
  const words = useWords()
  const state = useSyncExternalStore(lobby.subscribe, () => lobby.state)
  const people = useSyncExternalStore(lobby.people.subscribe, () => lobby.people.list)
  const [open, setOpen] = useState(false) // the list of people, where there is no room beside the messages
  const toggle = useCallback(() => setOpen((was) => !was), [])
  const reconnect = useCallback(() => lobby.connect(), [lobby])
  useEffect(() => {
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setOpen(false)
    }
    addEventListener('keydown', close)
    return () => removeEventListener('keydown', close)
  }, [])
  return (
    <div className="lobby">
      <header>
        <Seal />
        <h1>{words.lobby}</h1>
        <ConnectionState state={state} />
        <span className="space" />
        <button
          type="button"
          className="quiet people-button"
          aria-expanded={open}
          aria-controls="people"
          onClick={toggle}
        >
          {words.here(people.length)}
        </button>
        <LanguageSwitch />
        <button type="button" className="quiet me" onClick={rename} title={words.changeName(name)}>
          <bdi>{name}</bdi>
        </button>
      </header>
      <main>
        <MessageList lobby={lobby} />
        {state === 'offline' && <p className="strip">{words.offlineHint}</p>}
        {state === 'closed' && (
          <p className="strip">
            {words.closedHint}{' '}
            <button type="button" className="link" onClick={reconnect}>
              {words.reconnect}
            </button>
          </p>
        )}
        <Composer outbox={lobby.outbox} />
      </main>
      <PeopleList people={people} me={lobby.me} open={open} />
    </div>
  )
}
