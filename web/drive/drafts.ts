/** What is being written in a room, with the files that go with it: kept here at once, and for other devices after a pause. */
import { newId } from '../../src/chat-client/index.ts'
import { Cell } from '../lib/cell.ts'
import type { Draft, DraftFile } from '../lib/room-model.ts'
import { problemOf } from './outcome-of.ts'
import { type Upload, upload } from './uploads.ts'

const pause = 1200 // ms without a key after which the draft is kept

export class Drafts {
  readonly draft = new Cell<Draft>({ text: '', files: [] })
  readonly #save: (text: string) => Promise<unknown>
  readonly #files = new Map<string, { readonly file: File; upload?: Upload }>()
  #kept = ''
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(save: (text: string) => Promise<unknown>) {
    this.#save = save
  }

  /** As another device, or an earlier visit, left it. What is being written here goes over it. */
  arrived(text: string): void {
    if (text === this.#kept) return
    const mine = this.draft.value.text
    if (mine === this.#kept && this.draft.value.about?.kind !== 'edit') this.draft.value = { ...this.draft.value, text }
    this.#kept = text
  }

  set(change: Partial<Draft>): void {
    this.draft.value = { ...this.draft.value, ...change }
    clearTimeout(this.#timer)
    if (this.draft.value.about?.kind !== 'edit') this.#timer = setTimeout(() => this.#keep(), pause)
  }

  /** It was sent. */
  clear(): void {
    for (const { id } of this.draft.value.files) this.#forget(id)
    this.draft.value = { text: '', files: [] }
    clearTimeout(this.#timer)
    this.#kept = '' // the server forgets a draft with the message
  }

  add(files: readonly File[]): void {
    for (const file of files) {
      const id = newId()
      this.#files.set(id, { file })
      const isImage = file.type.startsWith('image/')
      const url = isImage ? URL.createObjectURL(file) : undefined
      const { name, type, size } = file
      this.draft.value = {
        ...this.draft.value,
        files: [...this.draft.value.files, { id, name, type, size, url, state: 'waiting', progress: 0 }],
      }
      this.send(id)
    }
  }

  remove(id: string): void {
    this.#files.get(id)?.upload?.cancel()
    this.#forget(id)
    this.draft.value = { ...this.draft.value, files: this.draft.value.files.filter((file) => file.id !== id) }
  }

  send(id: string): void {
    const known = this.#files.get(id)
    if (known === undefined) return
    const { file } = known
    this.#change(id, { state: 'uploading', progress: 0, problem: undefined })
    known.upload = upload(file, file.name, (progress) => this.#change(id, { progress }))
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
    this.#kept = text
    this.#save(text).catch(() => undefined) // it still stands here; the next pause tries again
  }

  #forget(id: string): void {
    const { url } = this.draft.value.files.find((file) => file.id === id) ?? {}
    if (url !== undefined) URL.revokeObjectURL(url)
    this.#files.delete(id)
  }

  #change(id: string, change: Partial<DraftFile>): void {
    const files = this.draft.value.files.map((file) => (file.id === id ? { ...file, ...change } : file))
    this.draft.value = { ...this.draft.value, files }
  }
}
