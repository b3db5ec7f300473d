/**
 * A mailbox on a bare WebSocket: each letter is a message of its own, each
 * message that comes is a letter or an acknowledgement.
 *
 * For a device that remembers nothing the server remembers how far it has read:
 * behind what was written it sends a ping, which every WebSocket answers by
 * itself, and the answer proves that all before it has arrived. So a toy whose
 * radio died in mid-letter is handed that letter again when it wakes, without a
 * line of code in the toy.
 */
import type { ServerWebSocket } from 'bun'
import { ClientError, Disconnect, disconnects, errors } from '../core/errors.ts'
import type { Position, Publication } from '../core/publication.ts'
import { StoreError } from '../core/store.ts'
import type { Sleeper } from '../core/wheel.ts'
import type { Frame } from '../protocol/messages.ts'
import { badRequest } from './bad-request.ts'
import { MailboxReader, type MailboxOutlet } from './mailbox-reader.ts'
import { encodeOutcomes, type MailboxContext, passingInfo, type Visit } from './mailbox-context.ts'
import { bytesOf, encodeMessage, expiryOf, type Letter, letterOf, readSaid } from './mailbox-message.ts'
import type { Author } from './mailbox-sender.ts'
import type { Start } from './mailbox-start.ts'
import { Outbox, type Sink } from './outbox.ts'
import type { Socket } from './transport.ts'

export interface SocketWishes {
  readonly to: readonly string[] // receivers of what names none; bytes can name none
  readonly isBinary: boolean // letters that are bytes come as such, bare
  readonly isManual: boolean // only `{"ack":…}` counts as read
}

export class MailboxSocket implements Socket, MailboxOutlet, Sink, Sleeper {
  readonly #context: MailboxContext
  readonly #visit: Visit
  readonly #wishes: SocketWishes
  readonly #start: Start
  readonly #outbox: Outbox
  readonly #reader: MailboxReader
  #ws: ServerWebSocket<Socket> | undefined
  #following = false
  #places: (Position | undefined)[] = [] // of the frames in the outbox; undefined for what is no letter
  #written: Position = { epoch: '', offset: 0 }
  #proven = 0 // offset
  #pinged: { readonly position: Position; readonly at: number } | undefined // the ping that is not answered
  #handling: Promise<void> = Promise.resolve()
  #answering: Promise<void> = Promise.resolve()
  #unanswered = 0 // messages
  #paused = false

  constructor(context: MailboxContext, visit: Visit, start: Start, wishes: SocketWishes) {
    const { node, flusher } = context
    this.#context = context
    this.#visit = visit
    this.#wishes = wishes
    this.#start = start
    this.#outbox = new Outbox(this, flusher, node.limits.outboxSize)
    this.#reader = new MailboxReader(node, visit, this)
  }

  // --- the socket's events ------------------------------------------------------

  open(ws: ServerWebSocket<Socket>): void {
    this.#ws = ws
    if (this.#start.isGap) this.#push('{"lost":true}', false)
    void this.#open()
  }

  message(message: string | Buffer): void {
    const copy = typeof message === 'string' ? message : new Uint8Array(message)
    if (++this.#unanswered > this.#context.node.limits.pauseAt && !this.#paused) {
      this.#paused = true
      this.#ws?.pause()
    }
    const before = this.#handling
    this.#handling = this.#next(before, copy)
  }

  drain(): void {
    this.#outbox.drain()
  }

  pong(data: Buffer): void {
    const pinged = this.#pinged
    if (pinged === undefined || data.toString() !== String(pinged.position.offset)) return // nobody asked for it
    this.#pinged = undefined
    this.#arrived(pinged.position)
    this.#probe()
  }

  close(): void {
    this.#outbox.discard()
    this.#reader.close()
  }

  // --- what the reader says -----------------------------------------------------

  following(): void {
    this.#following = true
    this.#context.deliveries.enter(this.#visit.mailbox)
  }

  publication(publication: Publication): void {
    if (expiryOf(publication) > this.#context.node.clock.now()) {
      const bytes = this.#wishes.isBinary ? bytesOf(publication) : undefined
      return this.#push(bytes ?? encodeMessage(publication), false, placeIn(publication))
    }
    // An expired letter is read together with what was written before it.
    if (this.#places.length > 0) this.#places[this.#places.length - 1] = placeIn(publication)
    else {
      this.#written = placeIn(publication)
      this.#probe()
    }
  }

  ready(): Promise<void> | undefined {
    return this.#outbox.drained()
  }

  ended(why: Disconnect): void {
    if (this.#following) this.#context.deliveries.leave(this.#visit.mailbox)
    this.#outbox.finish()
    this.#ws?.close(why.code, why.reason)
  }

  // --- below the outbox ---------------------------------------------------------

  buffered(): number {
    return this.#ws?.getBufferedAmount() ?? 0
  }

  write(frames: readonly Frame[]): void {
    const ws = this.#ws
    if (ws === undefined) return
    let isRefused = false
    ws.cork(() => {
      for (const frame of frames)
        if (ws.send(frame, frame.length >= this.#context.compressFrom) === 0 && frame.length > 0) isRefused = true
    })
    if (isRefused && ws.readyState === WebSocket.OPEN) return this.#reader.close(disconnects.writeError())
    this.#written = this.#places.splice(0, frames.length).findLast((place) => place !== undefined) ?? this.#written
    this.#probe()
  }

  overflow(): void {
    this.#reader.close(disconnects.slow())
  }

  // --- whether the far end is there -----------------------------------------------

  wake(now: number, late: boolean): number | undefined {
    const { pingInterval, pongTimeout } = this.#context.node.limits
    if (this.#reader.ended) return undefined
    const pinged = this.#pinged
    if (pinged === undefined) this.#ping(now)
    else if (late || this.#paused) this.#pinged = { ...pinged, at: now } // the answer may be waiting in the socket
    else if (pongTimeout > 0 && now - pinged.at >= pongTimeout) {
      this.#reader.close(disconnects.noPong())
      return undefined
    }
    return now + Math.min(pingInterval, pongTimeout || Infinity)
  }

  /** Asks for a proof of what was written, if none is under way. */
  #probe(): void {
    if (this.#pinged === undefined && this.#written.offset > this.#proven) {
      this.#ping(this.#context.node.clock.monotonic())
    }
  }

  #ping(now: number): void {
    if (this.#ws === undefined) return
    this.#pinged = { position: this.#written, at: now }
    this.#ws.ping(String(this.#written.offset))
  }

  #arrived(position: Position): void {
    if (position.offset <= this.#proven) return
    this.#proven = position.offset
    const { deliveries, bookmarks } = this.#context
    const { mailbox, device } = this.#visit
    if (!this.#wishes.isManual) bookmarks.move(mailbox, device, position)
    deliveries.taken(mailbox, position)
  }

  // --- what the client says ---------------------------------------------------------

  async #open(): Promise<void> {
    const { node } = this.#context
    try {
      await this.#reader.open(this.#start.since)
      const { pingInterval } = node.limits
      // Spread, so that those who came together are not all asked at once.
      if (pingInterval > 0) node.wheel.add(node.clock.monotonic() + pingInterval * (0.5 + node.random() / 2), this)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Messages are begun one after the other; what became of them is waited for beside that, and told in their order. */
  async #next(before: Promise<void>, message: string | Uint8Array): Promise<void> {
    await before
    if (this.#reader.ended) return
    let answer: Promise<string | undefined>
    try {
      ;({ answer } = await this.#handle(message))
    } catch (error) {
      answer = Promise.resolve(this.#errorOf(error))
    }
    const answered = this.#answering
    this.#answering = this.#answer(answered, answer)
  }

  async #answer(before: Promise<void>, answer: Promise<string | undefined>): Promise<void> {
    const [, settled] = await Promise.allSettled([before, answer])
    const text = settled.status === 'fulfilled' ? settled.value : this.#errorOf(settled.reason)
    this.#unanswered--
    if (this.#paused && this.#unanswered <= this.#context.node.limits.pauseAt / 2) {
      this.#paused = false
      this.#ws?.resume()
    }
    if (text !== undefined) this.#push(text, true)
  }

  async #handle(message: string | Uint8Array): Promise<{ answer: Promise<string | undefined> }> {
    const { node, sender } = this.#context
    const { mailbox, device } = this.#visit
    const said = typeof message === 'string' ? readSaid(message, node.limits.jsonDepth) : { letter: letterOf(message) }
    if ('ack' in said) {
      this.#reader.client.spend()
      await sender.acknowledge(mailbox, device, said.ack, this.#reader.client.infoFor(undefined))
      return { answer: Promise.resolve(undefined) }
    }
    const { letter } = said
    const { outcomes } = await sender.send(letter, this.#receivers(letter), this.#author(letter))
    return { answer: outcomes.then((each) => encodeOutcomes(each, letter.clientId)) }
  }

  #receivers({ to = this.#wishes.to }: Letter): readonly string[] {
    if (to.length === 0) throw badRequest('"to" is missing, and the address of this socket has none')
    if (to.length > this.#context.receiverLimit) throw badRequest('"to" names too many')
    return to
  }

  #author({ from }: Letter): Author {
    const { actor } = this.#visit
    const { client } = this.#reader
    if (from !== undefined && !actor.mayBe(from)) throw errors.permissionDenied()
    const info = client.infoFor(undefined)
    return {
      info: from === undefined || from === client.user ? info : passingInfo(this.#context.addresses.find(from).user),
      client: actor.isTrusted ? undefined : client,
      spend: () => actor.isTrusted || client.spend(),
    }
  }

  #push(frame: Frame, isAsked: boolean, place?: Position): void {
    if (this.#reader.ended) return
    this.#places.push(place)
    this.#outbox.push(frame, isAsked)
  }

  #errorOf(error: unknown): string {
    if (error instanceof ClientError) return JSON.stringify({ error: error.message })
    if (!(error instanceof StoreError)) this.#context.node.report(error)
    return JSON.stringify({ error: errors.internal().message })
  }

  #fail(error: unknown): void {
    if (!(error instanceof Disconnect)) this.#context.node.report(error)
    this.#reader.close(error instanceof Disconnect ? error : disconnects.internal())
  }
}

/** Without what stands there, so that nothing is kept longer than it waits. */
const placeIn = ({ epoch, offset }: Position): Position => ({ epoch, offset })
