import { SendHorizontal, Square, X } from 'lucide-react'
import { useEffect, useRef, type KeyboardEvent } from 'react'
import { length } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import type { Recording, RecordingState } from '../../lib/room-model.ts'
import { classes } from '../../ui/classes.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { useSource } from '../context.ts'
import { Waveform } from '../room/waveform.tsx'

export interface RecordingBarProps {
  readonly recording: Recording
  /** Sends what stands in the draft. */
  readonly send: () => void
}

/** In the place of the text while one speaks: how long, how loud, and how to end it. */
export function RecordingBar({ recording, send }: RecordingBarProps) {
  const state = useSource(recording.state)
  const bar = useRef<HTMLDivElement>(null)
  const t = useT()
  useEffect(() => {
    bar.current?.focus()
    return () => void recording.stop() // whoever goes to another room finds it here, to be sent or not
  }, [recording])
  const keys = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    recording.cancel()
  }
  const isOn = state.at === 'recording' && state.time >= shortest
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape is for all that is in it
    <div
      ref={bar}
      role="group"
      tabIndex={-1}
      aria-label={t('voice.recording')}
      className="flex items-center outline-none"
      onKeyDown={keys}
    >
      <IconButton label={t('voice.cancel')} onClick={() => recording.cancel()}>
        <X aria-hidden />
      </IconButton>
      {state.at === 'recording' ? <Heard state={state} /> : <Asking />}
      <IconButton label={t('voice.stop')} disabled={!isOn} onClick={() => void recording.stop()}>
        <Square aria-hidden className="scale-80 fill-current" />
      </IconButton>
      <span className="p-0.5">
        <IconButton
          label={t('send')}
          tone="primary"
          disabled={!isOn}
          onClick={() => void recording.stop().then((isThere) => isThere && send())}
        >
          <SendHorizontal aria-hidden />
        </IconButton>
      </span>
    </div>
  )
}

const bars = 60
const shortest = 500 // ms: the second press of a double one is not meant to end it
const nearTheEnd = 15_000 // ms

function Heard({ state: { time, longest, levels } }: { state: Extract<RecordingState, { at: 'recording' }> }) {
  const t = useT()
  const left = longest - time
  const isNearEnd = left <= nearTheEnd
  const heights = [...Array.from({ length: Math.max(0, bars - levels.length) }, () => 0), ...levels].slice(-bars)
  return (
    <>
      <span aria-hidden className="shimmer ms-1 size-2.5 flex-none rounded-full bg-seal" />
      <span
        role="timer"
        className={classes('min-w-12 px-2 tabular-nums', isNearEnd ? 'font-semibold text-seal-ink' : 'text-soft')}
      >
        {isNearEnd ? t('voice.left', { time: length(Math.max(0, left)) }) : length(time)}
      </span>
      <span className="h-8 min-w-0 flex-1 px-1">
        <Waveform heights={heights} part={0} />
      </span>
    </>
  )
}

function Asking() {
  const t = useT()
  return (
    <span className="flex flex-1 items-center gap-2 px-2 text-small text-soft">
      <Spinner />
      {t('voice.asking')}
    </span>
  )
}
