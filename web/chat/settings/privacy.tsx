import { useEffect } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { SwitchRow } from '../../ui/switch-row.tsx'
import { useModel, useSource } from '../context.ts'
import { useDeed } from '../use-deed.ts'

export function Privacy() {
  const { account, deeds } = useModel()
  const { showPresence, sendReceipts, sendTyping, blocked } = useSource(account)
  const deed = useDeed()
  const t = useT()
  useEffect(() => deeds.look('blocked'), [deeds])
  return (
    <div className="grid gap-2">
      <SwitchRow
        label={t('privacy.presence')}
        hint={t('privacy.presenceHint')}
        checked={showPresence}
        onChange={(on) => void deed(deeds.changeAccount({ showPresence: on }))}
      />
      <SwitchRow
        label={t('privacy.receipts')}
        hint={t('privacy.receiptsHint')}
        checked={sendReceipts}
        onChange={(on) => void deed(deeds.changeAccount({ sendReceipts: on }))}
      />
      <SwitchRow
        label={t('privacy.typing')}
        checked={sendTyping}
        onChange={(on) => void deed(deeds.changeAccount({ sendTyping: on }))}
      />
      <h2 className="pt-4 text-small font-semibold text-soft">{t('privacy.blocked')}</h2>
      {blocked?.length === 0 && <p className="text-soft">{t('privacy.nobody')}</p>}
      <ul>
        {blocked?.map((person) => (
          <li key={person.id} className="flex items-center gap-3 py-1.5">
            <Avatar id={person.id} name={person.name} picture={person.avatar} />
            <bdi className="min-w-0 flex-1 truncate">{person.name}</bdi>
            <Button onClick={() => void deed(deeds.unblock(person.id))}>{t('privacy.unblock')}</Button>
          </li>
        ))}
      </ul>
    </div>
  )
}
