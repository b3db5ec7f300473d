/**
 * The microphone, from when it is let hear until it is let go. What was said
 * comes as a file with its length and its shape, which a recording of a browser
 * does not have in it. Fetched when somebody presses the button.
 */
import { loudnessOf, shapeOf } from '../lib/loudness.ts'

/** Longer ones are stopped, and kept. */
export const longestClip = 5 * 60_000 // ms
const tick = 80 // ms between two looks at how loud it is
const keptEach = 1000 // ms after which what was recorded is out of the browser's hands
const bitsPerSecond = 32_000 // of speech, in Opus

export interface Clip {
  readonly file: File
  readonly duration: number // ms
  readonly waveform: readonly number[]
}

export interface Hearing {
  /** From 0 to 1, since the beginning, and how many milliseconds that is. */
  readonly heard: (levels: readonly number[], time: number) => void
  /** It stopped by itself: the time is over, or the microphone is gone. */
  readonly ended: () => void
}

/** @throws DOMException as `getUserMedia` does */
export async function openRecorder(hearing: Hearing): Promise<Recorder> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  })
  try {
    return new Recorder(stream, hearing)
  } catch (error) {
    release(stream)
    throw error
  }
}

export class Recorder {
  readonly #stream: MediaStream
  readonly #media: MediaRecorder
  readonly #context = new AudioContext()
  readonly #levels: number[] = []
  readonly #pieces: Blob[] = []
  readonly #begun = performance.now()
  readonly #stopped: Promise<void>
  readonly #timer: ReturnType<typeof setInterval>
  #ended: number | undefined

  constructor(stream: MediaStream, { heard, ended }: Hearing) {
    this.#stream = stream
    this.#media = new MediaRecorder(stream, { ...typeHere(), audioBitsPerSecond: bitsPerSecond })
    this.#media.addEventListener('dataavailable', ({ data }) => this.#pieces.push(data))
    this.#stopped = new Promise((resolve) => this.#media.addEventListener('stop', () => resolve()))
    const ear = this.#context.createAnalyser()
    this.#context.createMediaStreamSource(stream).connect(ear)
    void this.#context.resume() // Safari begins silent
    const samples = new Float32Array(ear.fftSize)
    this.#timer = setInterval(() => {
      ear.getFloatTimeDomainData(samples)
      this.#levels.push(loudnessOf(samples))
      const time = performance.now() - this.#begun
      heard(this.#levels, time)
      if (time >= longestClip) ended()
    }, tick)
    for (const track of stream.getTracks()) track.addEventListener('ended', ended)
    this.#media.start(keptEach)
  }

  /** Undefined when nothing was recorded. */
  async stop(): Promise<Clip | undefined> {
    this.#ended ??= performance.now()
    if (this.#media.state !== 'inactive') this.#media.stop()
    this.#close()
    await this.#stopped
    const { mimeType } = this.#media
    const file = new File(this.#pieces, `voice.${endingOf(mimeType)}`, { type: mimeType })
    const duration = Math.round(this.#ended - this.#begun)
    return file.size === 0 ? undefined : { file, duration, waveform: shapeOf(this.#levels) }
  }

  cancel(): void {
    if (this.#media.state !== 'inactive') this.#media.stop()
    this.#close()
  }

  #close(): void {
    clearInterval(this.#timer)
    release(this.#stream)
    if (this.#context.state !== 'closed') void this.#context.close()
  }
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

/** The first that this browser can write, of those that the others can play. */
function typeHere(): { readonly mimeType?: string } {
  const mimeType = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'].find((type) =>
    MediaRecorder.isTypeSupported(type),
  )
  return mimeType === undefined ? {} : { mimeType }
}

function endingOf(type: string): string {
  if (type.startsWith('audio/mp4')) return 'm4a'
  return type.startsWith('audio/ogg') ? 'ogg' : 'webm'
}
