import { Mic, SendHorizontal } from 'lucide-react'
import { useT } from '../../i18n/use-translate.ts'
import { IconButton } from '../../ui/icon-button.tsx'

interface Props {
  /** Seconds until one may write again, in slow mode. */
  readonly wait: number
  readonly isEdit: boolean
  readonly canSend: boolean
  readonly send: () => void
  /** Undefined while there is something to send, and where there is no microphone. */
  readonly record: (() => void) | undefined
}

/** What can be done with what was written; with nothing, one can speak. */
export function SendButton({ wait, isEdit, canSend, send, record }: Props) {
  const t = useT()
  if (wait > 0 && !isEdit)
    return (
      <span
        role="timer"
        aria-label={t('composer.slow', { count: wait })}
        data-tip={t('composer.slow', { count: wait })}
        className="grid size-10 place-content-center rounded-full bg-wash text-small font-semibold tabular-nums text-soft"
      >
        {wait}
      </span>
    )
  if (record !== undefined)
    return (
      <IconButton label={t('voice.record')} onClick={record}>
        <Mic aria-hidden />
      </IconButton>
    )
  return (
    <IconButton
      label={isEdit ? t('save') : t('send')}
      tone={canSend ? 'primary' : 'plain'}
      disabled={!canSend}
      onClick={send}
    >
      <SendHorizontal aria-hidden />
    </IconButton>
  )
}
