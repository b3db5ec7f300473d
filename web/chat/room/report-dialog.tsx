import { useState } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import type { RoomModel } from '../../lib/room-model.ts'
import type { Message } from '../../lib/views.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextArea } from '../../ui/field.tsx'
import { say } from '../../ui/toast.ts'
import { useDeed } from '../use-deed.ts'

interface Props {
  readonly message: Message
  readonly model: RoomModel
  readonly onClose: () => void
}

export function ReportDialog({ message, model, onClose }: Props) {
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const deed = useDeed()
  const t = useT()
  const report = async (): Promise<void> => {
    setBusy(true)
    if (await deed(model.deeds.report(message.offset, reason))) say(t('report.done'))
    onClose()
  }
  return (
    <Dialog
      title={t('report.title')}
      text={t('report.text')}
      onClose={onClose}
      buttons={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button kind="primary" busy={busy} onClick={() => void report()}>
            {t('message.report')}
          </Button>
        </>
      }
    >
      <TextArea
        label={t('report.reason')}
        value={reason}
        maxLength={1000}
        onChange={(event) => setReason(event.target.value)}
      />
    </Dialog>
  )
}
