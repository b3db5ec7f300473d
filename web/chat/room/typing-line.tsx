import { names } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import type { TypingSource } from '../../lib/room-model.ts'
import { useModel, useSource } from '../context.ts'

interface Props {
  readonly typing: TypingSource
  /** The name of who is not here to get what was said last. */
  readonly away: string | undefined
}

/** Who is writing, or is not there. It always has its height, so that nothing moves when somebody begins. */
export function TypingLine({ typing, away }: Props) {
  const who = useSource(typing.who)
  const { byId } = useSource(useModel().people)
  const t = useT()
  const named = who.map((id) => byId.get(id)?.name ?? t('people.somebody'))
  return (
    <p className="flex h-5 items-center gap-2 truncate px-5 text-small text-soft wide:px-[max(1.25rem,calc((100%-46rem)/2))]">
      {who.length === 0 && away !== undefined && (
        <span role="status" className="truncate">
          {t('people.getsLater', { name: away })}
        </span>
      )}
      {who.length > 0 && (
        <>
          <span aria-hidden className="inline-flex gap-0.5">
            {[0, 1, 2].map((dot) => (
              <span key={dot} className="typing-dot size-1 rounded-full bg-current opacity-50" />
            ))}
          </span>
          {t('room.typing', { names: names(t, named), count: who.length })}
        </>
      )}
    </p>
  )
}
