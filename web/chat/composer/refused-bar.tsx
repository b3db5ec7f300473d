import { MicOff, X } from 'lucide-react'
import { useT } from '../../i18n/use-translate.ts'
import type { Recording, RecordingState } from '../../lib/room-model.ts'
import { IconButton } from '../../ui/icon-button.tsx'

interface Props {
  readonly why: Extract<RecordingState, { at: 'refused' }>['why']
  readonly recording: Recording
}

/** Why there is no microphone, and what can be done about it. */
export function RefusedBar({ why, recording }: Props) {
  const t = useT()
  return (
    <div className="flex items-center gap-3 border-b border-line py-1 ps-4 pe-1 text-small">
      <MicOff aria-hidden className="size-4.5 flex-none text-seal-ink" />
      <p role="alert" className="flex-1 py-1 text-pretty">
        {t(`voice.${why}`)}
      </p>
      <IconButton small label={t('close')} onClick={() => recording.cancel()}>
        <X aria-hidden />
      </IconButton>
    </div>
  )
}
