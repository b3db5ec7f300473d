import { names } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import type { Message } from '../../lib/views.ts'
import { classes } from '../../ui/classes.ts'
import { useMe, useModel, useSource } from '../context.ts'
import { useDeed } from '../use-deed.ts'

export function Reactions({ message, model, disabled }: { message: Message; model: RoomModel; disabled: boolean }) {
  const { byId } = useSource(useModel().people)
  const me = useMe()
  const deed = useDeed()
  const t = useT()
  if (message.reactions.length === 0) return null
  const nameOf = (id: string): string => (id === me.id ? t('you') : (byId.get(id)?.name ?? t('people.somebody')))
  return (
    <ul className="z-1 -mt-1 flex flex-wrap gap-1 px-1.5">
      {message.reactions.map(({ emoji, count, mine, people }) => {
        const who = names(t, people.map(nameOf), 4)
        return (
          <li key={emoji}>
            <button
              type="button"
              disabled={disabled}
              aria-pressed={mine}
              aria-label={t('message.reaction', { emoji: count > 1 ? `${emoji} ${t.number(count)}` : emoji, who })}
              data-tip={who}
              className={classes(
                'inline-flex h-7 items-center gap-1 rounded-full border px-2 text-small tabular-nums transition-colors',
                mine
                  ? 'border-pine-ink/60 bg-pine-wash text-pine-ink'
                  : 'border-line bg-sheet text-soft enabled:hover:border-edge',
              )}
              onClick={() => void deed(model.deeds.react(message.offset, emoji, !mine))}
            >
              <span className="text-body">{emoji}</span>
              {count > 1 && t.number(count)}
            </button>
          </li>
        )
      })}
    </ul>
  )
}
