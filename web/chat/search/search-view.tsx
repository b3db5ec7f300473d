import { Search as SearchIcon, SearchX, ServerCrash } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { Button } from '../../ui/button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { useModel, useRouter, useSource } from '../context.ts'
import { FoundMessage } from '../found-message.tsx'
import { plain } from '../markdown/parse.ts'
import { Pane } from '../pane.tsx'
import { excerpt } from './excerpt.ts'

export interface SearchProps {
  readonly query: string
  readonly room: string | undefined
}

const pause = 250 // milliseconds without a key before it is asked

/** Everything that was said, by its words. The address follows the question, so that it can be shared and gone back to. */
export function SearchView({ query, room }: SearchProps) {
  const { search, deeds, rooms } = useModel()
  const { state, hits, more } = useSource(search)
  const { rooms: known } = useSource(rooms)
  const [text, setText] = useState(query)
  const router = useRouter()
  const t = useT()
  useEffect(() => deeds.find(query, room), [deeds, query, room])
  useEffect(() => {
    const timer = setTimeout(() => router.go({ view: 'search', query: text.trim(), room }, { replace: true }), pause)
    return () => clearTimeout(timer)
  }, [text, room, router])
  const place = known.find(({ id }) => id === room)?.name
  return (
    <Pane
      title={place === undefined ? t('search.everywhere') : t('search.in', { name: place })}
      parent={{ view: 'rooms' }}
    >
      <div className="mx-auto max-w-180 p-3">
        <label className="flex h-11 items-center gap-2 rounded-medium border border-edge bg-raised px-3 focus-within:border-pine-ink focus-within:outline-1 focus-within:outline-pine-ink [&>svg]:size-4.5">
          <SearchIcon aria-hidden className="text-soft" />
          <span className="unseen">{t('search.label')}</span>
          <input
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- who comes here came to type
            autoFocus
            type="search"
            value={text}
            placeholder={t('search.label')}
            className="min-w-0 flex-1 bg-transparent outline-none"
            onChange={(event) => setText(event.target.value)}
          />
          {state === 'searching' && <Spinner />}
        </label>
        <p role="status" className="unseen">
          {state === 'ready' && t('search.found', { count: hits.length })}
        </p>
        <ul className="mt-2">
          {hits.map(({ message, room: where }) => (
            <li key={`${where.id}/${message.offset}`}>
              <FoundMessage
                message={message}
                at={{ room: where.id }}
                place={room === undefined ? where.name : undefined}
              >
                {excerpt(plain(message.text), query).map(({ text: part, hit }, index) =>
                  // oxlint-disable-next-line react/no-array-index-key -- the parts of a text never move
                  hit ? <mark key={index}>{part}</mark> : part,
                )}
              </FoundMessage>
            </li>
          ))}
        </ul>
        {more && (
          <Button kind="quiet" wide busy={state === 'searching'} onClick={() => deeds.findMore()}>
            {t('search.more')}
          </Button>
        )}
        {hits.length === 0 && <NoHits state={state} query={query} />}
      </div>
    </Pane>
  )
}

function NoHits({ state, query }: { state: 'idle' | 'searching' | 'ready' | 'failed'; query: string }) {
  const t = useT()
  if (state === 'idle') return <StateView icon={<SearchIcon />} title={t('search.hint')} />
  if (state === 'failed') return <StateView icon={<ServerCrash />} title={t('search.failed')} />
  if (state === 'searching') return null
  return (
    <StateView icon={<SearchX />} title={t('search.none', { query })}>
      {t('search.noneHint')}
    </StateView>
  )
}
