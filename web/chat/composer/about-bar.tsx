import { Pencil, Reply, X } from 'lucide-react'
import { useT } from '../../i18n/use-translate.ts'
import type { Draft, RoomModel } from '../../lib/room-model.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { usePlain } from '../markdown/formatting.ts'
import { usePerson } from '../context.ts'

interface Props {
  readonly about: NonNullable<Draft['about']>
  readonly model: RoomModel
}

/** What is being answered or changed. */
export function AboutBar({ about: { kind, message }, model }: Props) {
  const { name } = usePerson(message.from)
  const words = usePlain(message.text)
  const t = useT()
  const stop = (): void => model.deeds.setDraft({ about: undefined, ...(kind === 'edit' && { text: '' }) })
  return (
    <div className="flex items-center gap-3 border-b border-line py-1 ps-4 pe-1 text-small">
      <span className="text-pine-ink [&>svg]:size-4.5">
        {kind === 'edit' ? <Pencil aria-hidden /> : <Reply aria-hidden />}
      </span>
      <span className="min-w-0 flex-1">
        <bdi className="block truncate font-semibold text-pine-ink">
          {kind === 'edit' ? t('composer.editing') : t('composer.replying', { name })}
        </bdi>
        <span className="block truncate text-soft">{message.text === '' ? t('message.attachment') : words}</span>
      </span>
      <IconButton small label={kind === 'edit' ? t('composer.stopEditing') : t('composer.stopReplying')} onClick={stop}>
        <X aria-hidden />
      </IconButton>
    </div>
  )
}
