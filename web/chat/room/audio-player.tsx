import { Pause, Play } from 'lucide-react'
import { useRef, useState } from 'react'
import { length } from '../../i18n/format.ts'
import { useT } from '../../i18n/use-translate.ts'
import { fileAddress } from '../../lib/file-address.ts'
import type { Attachment } from '../../lib/views.ts'

const bars = 40

export interface AudioPlayerProps {
  readonly sound: Attachment
}

/** A sound with its shape; a press or the arrows go to a place in it. Nothing is loaded before it is played. */
export function AudioPlayer({ sound }: AudioPlayerProps) {
  const audio = useRef<HTMLAudioElement>(null)
  const [playing, setPlaying] = useState(false)
  const [at, setAt] = useState(0) // seconds
  const t = useT()
  const whole = (sound.duration ?? 0) / 1000
  const toggle = (): void => {
    const element = audio.current
    if (element === null) return
    if (playing) element.pause()
    else void element.play().catch(() => setPlaying(false)) // the browser may not know the format
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
          <Shape heights={sound.waveform ?? []} part={whole === 0 ? 0 : at / whole} />
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
        src={fileAddress(sound.id)}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={() => setAt(0)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
      />
    </div>
  )
}

function Shape({ heights, part }: { heights: readonly number[]; part: number }) {
  const shown = Array.from({ length: bars }, (_, index) => heights[Math.floor((index * heights.length) / bars)] ?? 24)
  return (
    <svg aria-hidden viewBox={`0 0 ${bars * 4} 24`} preserveAspectRatio="none" className="size-full">
      {shown.map((height, index) => {
        const tall = Math.max(2, (height / 255) * 22)
        const isPast = index / bars < part
        return (
          <rect
            // oxlint-disable-next-line react/no-array-index-key -- a bar is its place
            key={index}
            x={index * 4}
            y={(24 - tall) / 2}
            width={2.4}
            height={tall}
            rx={1.2}
            className={isPast ? 'fill-pine-ink' : 'fill-edge'}
          />
        )
      })}
    </svg>
  )
}
