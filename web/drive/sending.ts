/**
 * One's own messages that the room does not have yet. A message waits here
 * until its files are up, and goes to the outbox then: that keeps it over a
 * reload, which cannot be promised of files that are still on their way.
 */
import { CallError, newId, type Outbox, type Pending as Waiting, type Room } from '../../src/chat-client/index.ts'
import { Cell } from '../lib/cell.ts'
import { fileAddress, thumbnailAddress } from '../lib/file-address.ts'
import type { DraftFile, Pending, PendingMessage } from '../lib/room-model.ts'
import type { Attachment } from '../lib/views.ts'
import type { Drafts } from './drafts.ts'
import { problemOf } from './outcome-of.ts'
import type { Pacer } from './pacer.ts'

/** Of many that wait, so many are shown, those written last; and all that failed. */
const shown = 50

type Options = Parameters<Pending['send']>[1]

/** Of a message that was sent here: what the outbox does not keep. */
interface Sent {
  readonly files: readonly DraftFile[]
  readonly reply: PendingMessage['reply']
}

/** Waits for its files. */
interface Held extends Sent {
  readonly id: string
  readonly text: string
  readonly time: number
}

export class Sending implements Pending {
  readonly messages = new Cell<readonly PendingMessage[]>([])
  readonly #room: Room
  readonly #outbox: Outbox
  readonly #drafts: Drafts
  readonly #spoke: () => void
  readonly #pacer: Pacer
  readonly #draw = (): void => this.#show()
  readonly #sent = new Map<string, Sent>()
  #held: readonly Held[] = []
  #drawn = new Map<Waiting, PendingMessage>() // the same object as long as nothing changes

  constructor(room: Room, outbox: Outbox, drafts: Drafts, pacer: Pacer, spoke: () => void) {
    this.#room = room
    this.#outbox = outbox
    this.#drafts = drafts
    this.#spoke = spoke
    this.#pacer = pacer
    room.pending.subscribe(() => pacer.run(this.#draw))
    drafts.leaving.subscribe(() => this.#release())
    this.#show()
  }

  send(text: string, { reply, files }: Options): void {
    const original = this.#room.timeline.value.messages.find(({ offset }) => offset === reply)
    const quote = original && { offset: original.offset, from: original.from, text: original.text, removed: false }
    this.#drafts.clear()
    this.#held = [...this.#held, { id: newId(), text, time: Date.now(), files, reply: quote }]
    this.#release()
    this.#spoke()
  }

  retry(id: string): void {
    const held = this.#held.find((each) => each.id === id)
    if (held === undefined) return this.#outbox.retry(id)
    for (const file of held.files) if (this.#now(file).state === 'failed') this.#drafts.send(file.id)
  }

  discard(id: string): void {
    const held = this.#held.find((each) => each.id === id)
    if (held === undefined) return this.#outbox.discard(id)
    this.#held = this.#held.filter((each) => each !== held)
    for (const file of held.files) this.#drafts.remove(file.id)
    this.#pacer.run(this.#draw)
  }

  /** Those go whose files are up. */
  #release(): void {
    const ready = this.#held.filter(({ files }) => files.every((file) => this.#now(file).state === 'ready'))
    this.#held = this.#held.filter((each) => !ready.includes(each))
    for (const { id, text, files, reply } of ready) {
      this.#sent.set(id, { files, reply })
      const attachments = files.flatMap((file) => this.#now(file).attachment ?? [])
      this.#room.send({
        clientId: id,
        text,
        ...(reply !== undefined && { reply: reply.offset }),
        ...(attachments.length > 0 && { files: attachments.map((file) => file.id) }),
        sketch: { files: attachments, ...(reply && { reply }) },
      })
    }
    this.#pacer.run(this.#draw)
  }

  #now(file: DraftFile): DraftFile {
    return this.#drafts.leaving.value.get(file.id) ?? file
  }

  #show(): void {
    const waiting = this.#room.pending.value
    const there = new Set(waiting.map(({ clientId }) => clientId))
    for (const [id, { files }] of this.#sent) {
      if (there.has(id)) continue
      this.#sent.delete(id)
      for (const file of files) this.#drafts.remove(file.id)
    }
    const first = waiting.length - shown
    const near = waiting.filter(({ state }, index) => index >= first || state === 'failed')
    const drawn = new Map(near.map((each) => [each, this.#drawn.get(each) ?? this.#fromOutbox(each)]))
    this.#drawn = drawn
    this.messages.value = [...drawn.values(), ...this.#held.map((each) => this.#fromHeld(each))]
  }

  #fromOutbox({ clientId: id, text, time, state, error, sketch }: Waiting): PendingMessage {
    const { files, reply } = this.#sent.get(id) ?? { files: sketch?.files.map(uploaded) ?? [], reply: sketch?.reply }
    const problem = error && problemOf(new CallError(error.code, error.message))
    return {
      id,
      text,
      time,
      reply,
      files: files.map((file) => this.#now(file)),
      state: state === 'sent' ? 'sending' : state,
      ...(problem && { problem }),
    }
  }

  #fromHeld({ id, text, time, reply, files: then }: Held): PendingMessage {
    const files = then.map((file) => this.#now(file))
    const { problem } = files.find(({ state }) => state === 'failed') ?? {}
    return { id, text, time, reply, files, state: problem === undefined ? 'sending' : 'failed', problem }
  }
}

/** A file that another tab sent, or this one before a reload. */
function uploaded(attachment: Attachment): DraftFile {
  const { id, name, type, size, thumbnail } = attachment
  const url = type.startsWith('image/') ? (thumbnail ? thumbnailAddress(id) : fileAddress(id)) : undefined
  return { id, name, type, size, url, state: 'ready', progress: 1, attachment }
}
