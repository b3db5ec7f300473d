/**
 * The text of a draft, which is in three places: on the screen, in the browser
 * (at each key, so that a reload loses nothing), and on the server (after a
 * pause, for other devices). What is typed here is never taken away by what
 * comes from there: only a draft that the server has is replaced by a newer one.
 *
 *   saved ──key──▶ unsaved ──pause──▶ saving ──answer──▶ saved
 *                     ▲                  │
 *                     ╰── refused, lost ─╯
 */
import type { Clock } from '../../src/chat-client/index.ts'

export interface DraftTextParts {
  /** What the browser keeps: the text while the server does not have it, null otherwise. */
  readonly keep: (text: string | null) => void
  /** Tells the server. */
  readonly save: (text: string) => Promise<unknown>
  /** Puts on the screen what another device wrote. */
  readonly show: (text: string) => void
  readonly clock: Clock
}

const pause = 700 // ms without a key
const again = 5000 // ms after which what could not be saved is tried again
const rememberedEchoes = 20

export class DraftText {
  readonly #parts: DraftTextParts
  #text: string
  #isUnsaved: boolean
  #kept = '' // on the server, as far as it is known here
  #told: string | undefined // by the server, last
  #isSaving = false
  #others = false // another device was heard of since the last saving began
  #echoes: string[] = [] // what was saved comes back, later than more may have been written
  #cancel: (() => void) | undefined

  /** @param kept by the browser, from an earlier visit */
  constructor(parts: DraftTextParts, kept: string | null) {
    this.#parts = parts
    this.#text = kept ?? ''
    this.#isUnsaved = kept !== null
  }

  /** Somebody typed. */
  typed(text: string): void {
    this.#put(text)
    if (this.#isUnsaved) this.#later(pause)
  }

  /** It went, as a message: nobody is to find it on another device. */
  sent(): void {
    this.#put('')
    if (this.#isUnsaved) this.#save()
  }

  /** What the server has, of this device or another; it may be told often. */
  arrived(text: string): void {
    if (text === this.#told) return
    this.#told = text
    const echo = this.#echoes.indexOf(text)
    if (echo >= 0) {
      this.#echoes.splice(0, echo + 1)
      if (!this.#others) return
    } else this.#others = true
    this.#kept = text
    if (!this.#isUnsaved) return this.#obey()
    if (this.#isSaving) return
    if (this.#text === text) this.#settle()
    else if (this.#cancel === undefined) this.#later(pause) // what is written here goes over it
  }

  /** What is not saved yet is; the browser has it in any case. */
  close(): void {
    if (this.#cancel !== undefined) this.#save()
  }

  #put(text: string): void {
    this.#text = text
    this.#cancel?.()
    this.#cancel = undefined
    if (text === this.#kept && !this.#isSaving) return this.#settle()
    this.#isUnsaved = true
    this.#parts.keep(text)
  }

  #later(delay: number): void {
    this.#cancel?.()
    this.#cancel = this.#parts.clock.after(delay, () => this.#save())
  }

  #save(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#isSaving) return // its answer goes on
    const text = this.#text
    this.#isSaving = true
    this.#others = false
    this.#echoes = [...this.#echoes, text].slice(-rememberedEchoes)
    this.#parts.save(text).then(
      () => this.#saved(text),
      () => this.#lost(text),
    )
  }

  #saved(text: string): void {
    this.#isSaving = false
    if (!this.#others) this.#kept = text
    if (this.#text !== text) return void (this.#cancel ??= this.#parts.clock.after(pause, () => this.#save()))
    this.#settle()
    this.#obey()
  }

  /** It may have arrived or not. */
  #lost(text: string): void {
    this.#isSaving = false
    this.#echoes = this.#echoes.filter((each) => each !== text)
    this.#cancel ??= this.#parts.clock.after(again, () => this.#save())
  }

  #settle(): void {
    this.#isUnsaved = false
    this.#parts.keep(null)
  }

  /** Another device was later. */
  #obey(): void {
    if (this.#text === this.#kept) return
    this.#text = this.#kept
    this.#parts.show(this.#kept)
  }
}
