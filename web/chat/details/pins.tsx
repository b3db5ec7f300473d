import { Pin } from 'lucide-react'
import { useEffect } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { StateView } from '../../ui/state-view.tsx'
import { useSource } from '../context.ts'
import { FoundMessage } from '../found-message.tsx'
import { plain } from '../markdown/parse.ts'
import type { PageProps } from './details-view.tsx'
import { ListSkeleton } from './list-skeleton.tsx'

export function Pins({ model, at }: PageProps) {
  const { pins } = useSource(model.details)
  const t = useT()
  useEffect(() => model.deeds.look('pins'), [model])
  if (pins === undefined) return <ListSkeleton />
  if (pins.length === 0)
    return (
      <StateView icon={<Pin />} title={t('pins.none')}>
        {t('pins.noneHint')}
      </StateView>
    )
  return (
    <ul className="p-2">
      {pins.map((message) => (
        <li key={message.offset}>
          <FoundMessage message={message} at={at}>
            {message.text === '' ? t('message.files', { count: message.files.length }) : plain(message.text)}
          </FoundMessage>
        </li>
      ))}
    </ul>
  )
}
