import { Users } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { Suggestion } from '../../lib/suggestions.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { classes } from '../../ui/classes.ts'
import { useOnline } from '../context.ts'
import type { ListState } from './use-completion.ts'

export interface CompletionListProps {
  readonly id: string
  readonly list: ListState
  readonly take: (suggestion: Suggestion) => void
}

/** Who or what could be meant; the focus stays in the text. */
export function CompletionList({ id, list: { sign, suggestions, active }, take }: CompletionListProps) {
  const t = useT()
  return (
    <div
      id={id}
      role="listbox"
      aria-label={sign.kind === 'emoji' ? t('emoji.title') : t('completion.people')}
      className="scrolls absolute inset-x-0 bottom-full z-20 mb-1 max-h-[min(21rem,40dvh)] rounded-large border border-line bg-raised p-1 shadow-float"
    >
      {suggestions.map((suggestion, index) => (
        <Choice
          key={suggestion.id}
          id={`${id}-${index}`}
          suggestion={suggestion}
          isActive={index === active}
          take={() => take(suggestion)}
        />
      ))}
    </div>
  )
}

interface ChoiceProps {
  readonly id: string
  readonly suggestion: Suggestion
  readonly isActive: boolean
  readonly take: () => void
}

function Choice({ id, suggestion, isActive, take }: ChoiceProps) {
  const row = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isActive) row.current?.scrollIntoView({ block: 'nearest' })
  }, [isActive])
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are those of the text, which has the focus
    <div
      ref={row}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      className={classes(
        'flex min-h-10 cursor-pointer items-center gap-3 rounded-medium px-2 coarse:min-h-11',
        isActive ? 'bg-pine-wash' : 'hover:bg-wash',
      )}
      onMouseDown={(event) => event.preventDefault() /* the caret stays where it is */}
      onClick={take}
    >
      <Inside suggestion={suggestion} />
    </div>
  )
}

function Inside({ suggestion }: { suggestion: Suggestion }) {
  const t = useT()
  if (suggestion.kind === 'person') return <Somebody person={suggestion.person} />
  if (suggestion.kind === 'everyone')
    return (
      <>
        <span className="grid size-7 flex-none place-content-center rounded-full bg-seal-wash text-seal-ink [&>svg]:size-4">
          <Users aria-hidden />
        </span>
        <span className="font-semibold">{suggestion.insert}</span>
        <span className="truncate text-small text-soft">{t('completion.everyone')}</span>
      </>
    )
  return (
    <>
      <span className="grid size-7 flex-none place-content-center text-large">{suggestion.insert}</span>
      {suggestion.code !== '' && <span className="flex-none">:{suggestion.code}:</span>}
      <span className="truncate text-small text-soft">{suggestion.name}</span>
    </>
  )
}

function Somebody({ person }: { person: Extract<Suggestion, { kind: 'person' }>['person'] }) {
  const online = useOnline(person.id)
  const t = useT()
  return (
    <>
      <Avatar id={person.id} name={person.name} picture={person.avatar} size="small" online={online} />
      <bdi className="truncate font-semibold">{person.name}</bdi>
      {(person.kind === 'guest' || person.kind === 'bot') && (
        <span className="text-small text-soft">{t(`people.${person.kind}`)}</span>
      )}
    </>
  )
}
