/** What is being written in a room, with the files that go with it. */
import { newId, systemClock } from '../../src/chat-client/index.ts'
import { Cell } from '../lib/cell.ts'
import type { Draft, DraftFile } from '../lib/room-model.ts'
import { browserStorage, read, write } from '../lib/storage.ts'
import { DraftText } from './draft-text.ts'
import { problemOf } from './outcome-of.ts'
import { type Upload, upload } from './uploads.ts'

type Voice = NonNullable<DraftFile['voice']>

export class Drafts {
  readonly draft = new Cell<Draft>({ text: '', files: [] })
  /** Files of messages that were sent: they may still be on their way up, and are looked at until the message stands. */
  readonly leaving = new Cell<ReadonlyMap<string, DraftFile>>(new Map())
  readonly #text: DraftText
  readonly #files = new Map<string, { readonly file: File; readonly voice?: Voice | undefined; upload?: Upload }>()

  /** @param key under which the browser keeps it */
  constructor(key: string, save: (text: string) => Promise<unknown>) {
    const kept = read(browserStorage(), key)
    this.draft.value = { text: kept ?? '', files: [] }
    const keep = (text: string | null) => write(browserStorage(), key, text)
    this.#text = new DraftText({ keep, save, show: (text) => this.#show(text), clock: systemClock }, kept)
  }

  /** As another device, or an earlier visit, left it. What is being written here goes over it. */
  arrived(text: string): void {
    this.#text.arrived(text)
  }

  set(change: Partial<Draft>): void {
    const { text: before } = this.draft.value
    this.draft.value = { ...this.draft.value, ...change }
    const { text, about } = this.draft.value
    if (about?.kind !== 'edit' && text !== before) this.#text.typed(text)
  }

  /** It was sent. */
  clear(): void {
    const leaving = new Map(this.leaving.value)
    for (const file of this.draft.value.files) leaving.set(file.id, file)
    this.leaving.value = leaving
    this.draft.value = { text: '', files: [] }
    this.#text.sent()
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
    this.#text.close()
  }

  #show(text: string): void {
    if (this.draft.value.about?.kind !== 'edit') this.draft.value = { ...this.draft.value, text }
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
