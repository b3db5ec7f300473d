import { useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { Button } from '../../ui/button.tsx'
import { useModel, useRouter, useSource } from '../context.ts'
import { Pane } from '../pane.tsx'
import { useDeed } from '../use-deed.ts'
import { InvitationHead } from './invitation-head.tsx'

/** For who is in already: one press to the room. */
export function AcceptInvitation({ token }: { token: string }) {
  const model = useModel()
  const { deeds } = model
  const { state } = useSource(model.invitation(token))
  const [busy, setBusy] = useState(false)
  const router = useRouter()
  const deed = useDeed()
  const t = useT()
  const accept = async (): Promise<void> => {
    setBusy(true)
    const outcome = await deeds.accept(token)
    setBusy(false)
    if (outcome.ok) router.go({ view: 'room', at: { room: outcome.value.room } }, { replace: true })
    else await deed(Promise.resolve(outcome))
  }
  return (
    <Pane title={t('invitation.title')} parent={{ view: 'rooms' }}>
      <div className="mx-auto grid max-w-112 gap-6 p-6 pt-12">
        <InvitationHead token={token} />
        {state === 'open' && (
          <Button kind="primary" busy={busy} onClick={() => void accept()}>
            {t('rooms.join')}
          </Button>
        )}
      </div>
    </Pane>
  )
}
