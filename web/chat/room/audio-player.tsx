import { Pause, Play } from 'lucide-react'
import { useRef, useState } from 'react'
import { length } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import { fileAddress } from '../../lib/file-address.ts'
import type { Attachment } from '../../lib/views.ts'
import { say } from '../../ui/toast.ts'
import { Waveform } from './waveform.tsx'

export interface AudioPlayerProps {
  readonly sound: Pick<Attachment, 'id' | 'name' | 'duration' | 'waveform' | 'voice'>
  /** Where it is not on the server yet. */
  readonly src?: string | undefined
}

const bars = 40
let heard: HTMLAudioElement | undefined

/** A sound with its shape; a press or the arrows go to a place in it. Nothing is loaded before it is played, and one plays at a time. */
export function AudioPlayer({ sound, src = fileAddress(sound.id) }: AudioPlayerProps) {
  const audio = useRef<HTMLAudioElement>(null)
  const [playing, setPlaying] = useState(false)
  const [at, setAt] = useState(0) // seconds
  const t = useT()
  const whole = (sound.duration ?? 0) / 1000
  const toggle = (): void => {
    const element = audio.current
    if (element === null) return
    if (playing) element.pause()
    else void element.play().catch((error: unknown) => isFlaw(error) && say(t('audio.failed'), { kind: 'problem' }))
  }
  const seek = (to: number): void => {
    if (audio.current !== null) audio.current.currentTime = to
    setAt(to)
  }
  return (
    <div className="flex w-72 max-w-full items-center gap-3 p-1">
      <button
        type="button"
        aria-label={playing ? t('audio.pause') : t('audio.play')}
        className="grid size-10 flex-none place-content-center rounded-full bg-pine text-on-pine hover:bg-pine-press [&>svg]:size-5"
        onClick={toggle}
      >
        {playing ? <Pause aria-hidden /> : <Play aria-hidden />}
      </button>
      <div className="min-w-0 flex-1">
        {sound.voice !== true && <bdi className="block truncate text-small font-semibold">{sound.name}</bdi>}
        <div className="relative h-6">
          <Waveform heights={heightsOf(sound.waveform ?? [])} part={whole === 0 ? 0 : at / whole} />
          <input
            type="range"
            aria-label={t('audio.place')}
            aria-valuetext={length(at * 1000)}
            min={0}
            max={whole}
            step={0.1}
            value={Math.min(at, whole)}
            className="absolute inset-0 w-full cursor-pointer opacity-0"
            onChange={(event) => seek(Number(event.target.value))}
          />
        </div>
        <span className="block text-tiny text-soft tabular-nums">
          {length(playing || at > 0 ? at * 1000 : whole * 1000)}
        </span>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- people record them; there is no text */}
      <audio
        ref={audio}
        src={src}
        preload="none"
        onPlay={(event) => {
          if (heard !== event.currentTarget) heard?.pause()
          heard = event.currentTarget
          setPlaying(true)
        }}
        onPause={() => setPlaying(false)}
        onEnded={() => setAt(0)}
        onTimeUpdate={(event) => setAt(event.currentTarget.ended ? 0 : event.currentTarget.currentTime)}
      />
    </div>
  )
}

/** Not, when somebody paused it before it began. */
function isFlaw(error: unknown): boolean {
  return !(error instanceof DOMException && error.name === 'AbortError')
}

/** As many as are drawn, of however many there are. */
function heightsOf(waveform: readonly number[]): number[] {
  return Array.from(
    { length: bars },
    (_, index) => (waveform[Math.floor((index * waveform.length) / bars)] ?? 24) / 255,
  )
}
