import { Ban } from 'lucide-react'
import { useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { Person } from '../../lib/views.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { useModel } from '../context.ts'
import { useBlocked } from '../use-blocked.ts'
import { useDeed } from '../use-deed.ts'

/** Takes nothing from somebody any more, or takes it again. */
export function Block({ person }: { person: Person }) {
  const { deeds } = useModel()
  const [asked, setAsked] = useState(false)
  const isBlocked = useBlocked(person.id)
  const deed = useDeed()
  const t = useT()
  return (
    <>
      <button
        type="button"
        className="flex min-h-12 items-center gap-3 rounded-medium px-2 text-seal-ink hover:bg-seal-wash [&>svg]:size-5"
        onClick={() => (isBlocked ? void deed(deeds.unblock(person.id)) : setAsked(true))}
      >
        <Ban aria-hidden />
        {t(isBlocked ? 'privacy.unblock' : 'privacy.block')}
      </button>
      {asked && <ConfirmBlock person={person} onClose={() => setAsked(false)} />}
    </>
  )
}

export function ConfirmBlock({ person, onClose }: { person: Person; onClose: () => void }) {
  const { deeds } = useModel()
  const deed = useDeed()
  const t = useT()
  return (
    <Confirm
      title={t('privacy.blockTitle', { name: person.name })}
      text={t('privacy.blockText')}
      action={t('privacy.block')}
      run={() => deed(deeds.block(person))}
      onClose={onClose}
    />
  )
}
