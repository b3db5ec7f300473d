import { Smartphone } from 'lucide-react'
import { useEffect } from 'react'
import { ago } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import { Button } from '../../ui/button.tsx'
import { useModel, useSource } from '../context.ts'
import { ListSkeleton } from '../details/list-skeleton.tsx'
import { useDeed } from '../use-deed.ts'

export function Sessions() {
  const { account, deeds } = useModel()
  const { sessions } = useSource(account)
  const deed = useDeed()
  const t = useT()
  useEffect(() => deeds.look('sessions'), [deeds])
  if (sessions === undefined) return <ListSkeleton />
  return (
    <>
      <p className="pb-3 text-soft">{t('sessions.hint')}</p>
      <ul className="grid gap-1">
        {sessions.map(({ id, device, address, seen, current }) => (
          <li key={id} className="flex items-center gap-3 py-2">
            <span
              aria-hidden
              className="grid size-10 place-content-center rounded-full bg-wash text-soft [&>svg]:size-5"
            >
              <Smartphone />
            </span>
            <span className="min-w-0 flex-1">
              <span className="block truncate font-semibold">{device}</span>
              <span className="block truncate text-small text-soft">
                {current ? <span className="text-pine-ink">{t('sessions.current')}</span> : ago(t.lang, seen)} ·{' '}
                {address}
              </span>
            </span>
            {!current && <Button onClick={() => void deed(deeds.endSession(id))}>{t('sessions.end')}</Button>}
          </li>
        ))}
      </ul>
    </>
  )
}
