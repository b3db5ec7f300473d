/**
 * A voice clip that is being spoken. The microphone is asked for when the button
 * is pressed, and let go with the last word.
 *
 *   idle ──begin()──▶ asking ──▶ recording ──stop()──▶ idle, and a clip among the files
 *    ▲                  ╰─▶ refused    ╰──cancel()──▶ idle
 */
import { Cell } from '../lib/cell.ts'
import type { Recording as Model, RecordingState } from '../lib/room-model.ts'
import type { Clip, Recorder } from './recorder.ts'

const idle: RecordingState = { at: 'idle' }

export class Recording implements Model {
  readonly state = new Cell<RecordingState>(idle)
  readonly #spoken: (clip: Clip) => void
  #recorder: Recorder | undefined
  #turn = 0 // whoever was cancelled while the microphone was asked for does not get it

  /** @param spoken is told of each clip */
  constructor(spoken: (clip: Clip) => void) {
    this.#spoken = spoken
  }

  async begin(): Promise<void> {
    const { at } = this.state.value
    if (at === 'asking' || at === 'recording') return
    const turn = ++this.#turn
    this.state.value = { at: 'asking' }
    try {
      const { longestClip, openRecorder } = await import('./recorder.ts')
      const recorder = await openRecorder({
        heard: (levels, time) => this.#heard(levels, time),
        ended: () => void this.stop(),
      })
      if (turn !== this.#turn) return recorder.cancel()
      this.#recorder = recorder
      this.state.value = { at: 'recording', time: 0, longest: longestClip, levels: [] }
    } catch (error) {
      if (turn === this.#turn) this.state.value = { at: 'refused', why: reasonOf(error) }
    }
  }

  async stop(): Promise<boolean> {
    if (this.state.value.at === 'asking') this.cancel() // nobody is there any more to see the answer
    const recorder = this.#recorder
    if (recorder === undefined) return false
    const turn = this.#turn
    this.#recorder = undefined
    const clip = await recorder.stop()
    if (turn !== this.#turn) return false
    if (clip !== undefined) this.#spoken(clip)
    this.state.value = idle
    return clip !== undefined
  }

  cancel(): void {
    this.#turn++
    this.#recorder?.cancel()
    this.#recorder = undefined
    this.state.value = idle
  }

  #heard(levels: readonly number[], time: number): void {
    const { value: state } = this.state
    if (state.at === 'recording') this.state.value = { ...state, time, levels: levels.slice(-shownLevels) }
  }
}

const shownLevels = 60

/** Where there is no HTTPS, a browser has no microphone for the page. */
export function canRecord(): boolean {
  return typeof MediaRecorder === 'function' && 'mediaDevices' in navigator
}

function reasonOf(error: unknown): Extract<RecordingState, { at: 'refused' }>['why'] {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  return name === 'NotFoundError' ? 'missing' : 'failed'
}
