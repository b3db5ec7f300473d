import { useState, type ReactNode } from 'react'
import { useT } from '../i18n/use-translate.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'

interface Props {
  readonly title: string
  readonly text: ReactNode
  /** What pressing it does, in a word. */
  readonly action: string
  readonly danger?: boolean
  readonly run: () => Promise<unknown>
  readonly onClose: () => void
}

/** Asks once more. */
export function Confirm({ title, text, action, danger = true, run, onClose }: Props) {
  const [busy, setBusy] = useState(false)
  const t = useT()
  const confirm = async (): Promise<void> => {
    setBusy(true)
    await run()
    onClose()
  }
  return (
    <Dialog
      urgent
      title={title}
      text={text}
      onClose={onClose}
      buttons={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button kind={danger ? 'danger' : 'primary'} busy={busy} onClick={() => void confirm()}>
            {action}
          </Button>
        </>
      }
    />
  )
}
