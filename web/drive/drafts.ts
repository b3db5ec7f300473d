/**
 * What is being written in a room, with the files that go with it: kept by the
 * browser at each key, so that a reload loses nothing, and for other devices
 * after a pause. What the browser has is what the server was not told yet.
 */
import { newId } from '../../src/chat-client/index.ts'
import { Cell } from '../lib/cell.ts'
import type { Draft, DraftFile } from '../lib/room-model.ts'
import { browserStorage, read, write } from '../lib/storage.ts'
import { problemOf } from './outcome-of.ts'
import { type Upload, upload } from './uploads.ts'

const pause = 1200 // ms without a key after which the draft is kept
const rememberedEchoes = 20

type Voice = NonNullable<DraftFile['voice']>

export class Drafts {
  readonly draft = new Cell<Draft>({ text: '', files: [] })
  /** Files of messages that were sent: they may still be on their way up, and are looked at until the message stands. */
  readonly leaving = new Cell<ReadonlyMap<string, DraftFile>>(new Map())
  readonly #key: string
  readonly #save: (text: string) => Promise<unknown>
  readonly #files = new Map<string, { readonly file: File; readonly voice?: Voice | undefined; upload?: Upload }>()
  #echoes: string[] = [] // what we saved comes back to us, later than we may have written more
  #told: string | undefined
  #kept = ''
  #isRestored = false // what stands here is newer than what the server has
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param key under which the browser keeps it */
  constructor(key: string, save: (text: string) => Promise<unknown>) {
    this.#key = key
    this.#save = save
    const text = read(browserStorage(), key)
    if (text === null) return
    this.#isRestored = true
    this.draft.value = { text, files: [] }
  }

  /** As another device, or an earlier visit, left it. What is being written here goes over it. */
  arrived(text: string): void {
    if (text === this.#told) return
    this.#told = text
    if (this.#isRestored) {
      this.#isRestored = false
      this.#kept = text
      this.#timer ??= setTimeout(() => this.#keep(), pause)
      return
    }
    const echo = this.#echoes.indexOf(text)
    if (echo >= 0) return void this.#echoes.splice(0, echo + 1)
    if (text === this.#kept) return
    const mine = this.draft.value.text
    const isUntouched = this.#timer === undefined && mine === this.#kept
    if (isUntouched && this.draft.value.about?.kind !== 'edit') this.draft.value = { ...this.draft.value, text }
    this.#kept = text
  }

  set(change: Partial<Draft>): void {
    const { text: before } = this.draft.value
    this.draft.value = { ...this.draft.value, ...change }
    const { text, about } = this.draft.value
    if (about?.kind === 'edit' || text === before) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (text === this.#kept && !this.#isRestored) return void write(browserStorage(), this.#key, null)
    write(browserStorage(), this.#key, text)
    this.#timer = setTimeout(() => this.#keep(), pause)
  }

  /** It was sent. */
  clear(): void {
    const leaving = new Map(this.leaving.value)
    for (const file of this.draft.value.files) leaving.set(file.id, file)
    this.leaving.value = leaving
    this.draft.value = { text: '', files: [] }
    clearTimeout(this.#timer)
    this.#timer = undefined
    // The server forgets a draft with the message, which may be long on its way.
    write(browserStorage(), this.#key, this.#kept === '' ? null : '')
    this.#kept = ''
  }

  /** @param voice of a clip that was spoken here */
  add(files: readonly File[], voice?: Voice): void {
    for (const file of files) {
      const id = newId()
      this.#files.set(id, { file, voice })
      const isShown = file.type.startsWith('image/') || voice !== undefined
      const url = isShown ? URL.createObjectURL(file) : undefined
      const { name, type, size } = file
      this.draft.value = {
        ...this.draft.value,
        files: [...this.draft.value.files, { id, name, type, size, url, voice, state: 'waiting', progress: 0 }],
      }
      this.send(id)
    }
  }

  /** It is not wanted any more, or stands in the room. */
  remove(id: string): void {
    const { url } = this.#find(id) ?? {}
    if (url !== undefined) URL.revokeObjectURL(url)
    this.#files.get(id)?.upload?.cancel()
    this.#files.delete(id)
    this.draft.value = { ...this.draft.value, files: this.draft.value.files.filter((file) => file.id !== id) }
    const leaving = new Map(this.leaving.value)
    if (leaving.delete(id)) this.leaving.value = leaving
  }

  send(id: string): void {
    const known = this.#files.get(id)
    if (known === undefined) return
    const { file, voice } = known
    this.#change(id, { state: 'uploading', progress: 0, problem: undefined })
    known.upload = upload(file, file.name, (progress) => this.#change(id, { progress }), hintsOf(voice))
    known.upload.done.then(
      (attachment) => this.#change(id, { state: 'ready', progress: 1, attachment }),
      (error: unknown) => this.#change(id, { state: 'failed', problem: problemOf(error) }),
    )
  }

  close(): void {
    if (this.#timer !== undefined) this.#keep()
  }

  #keep(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { text, about } = this.draft.value
    if (text === this.#kept || about?.kind === 'edit') return
    const before = this.#kept
    this.#kept = text
    this.#echoes = [...this.#echoes, text].slice(-rememberedEchoes)
    this.#save(text).then(
      () => this.draft.value.text === text && write(browserStorage(), this.#key, null),
      () => {
        if (this.#kept === text) this.#kept = before // the browser has it; the next pause, or visit, tries again
      },
    )
  }

  #find(id: string): DraftFile | undefined {
    return this.leaving.value.get(id) ?? this.draft.value.files.find((file) => file.id === id)
  }

  #change(id: string, change: Partial<DraftFile>): void {
    const left = this.leaving.value.get(id)
    if (left !== undefined) {
      this.leaving.value = new Map(this.leaving.value).set(id, { ...left, ...change })
      return
    }
    const files = this.draft.value.files.map((file) => (file.id === id ? { ...file, ...change } : file))
    this.draft.value = { ...this.draft.value, files }
  }
}

/** What a recording does not have in it. */
function hintsOf(voice: Voice | undefined): Record<string, string> {
  if (voice === undefined) return {}
  const { duration, waveform } = voice
  return { voice: '1', duration: String(duration), ...(waveform.length > 0 && { waveform: waveform.join(',') }) }
}
