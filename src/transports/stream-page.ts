/**
 * A page of a channel, for one answer: what lies after a position, and if that
 * is nothing, what comes within a time. It is read through a cursor, like all
 * that is live, so nothing is lost between one page and the next.
 */
import { Cursor, type Lost, type Reader } from '../core/cursor.ts'
import type { Disconnect } from '../core/errors.ts'
import type { Position, Publication } from '../core/publication.ts'
import { must } from '../core/must.ts'
import type { Visit } from './channel-url.ts'

export interface Page {
  readonly publications: readonly Publication[]
  readonly next: Position
  readonly upToDate: boolean
}

export type Taken = Page | { readonly lost: Lost } | { readonly ended: Disconnect }

/** Bytes, about, after which a page is not made longer. */
const pageSize = 1_048_576

export class PageReader implements Reader {
  readonly #publications: Publication[] = []
  #size = 0
  #live = false
  #patient: boolean
  #cursor: Cursor | undefined
  #settle: ((taken: Taken) => void) | undefined

  /** `patient`: waits for something to come until it is told to finish. */
  constructor(patient: boolean) {
    this.#patient = patient
  }

  async read({ node, channel: name, namespace }: Visit, since: Position): Promise<Taken> {
    const channel = await node.enter(name, namespace)
    try {
      return await new Promise<Taken>((resolve) => {
        this.#settle = resolve
        this.#cursor = new Cursor(channel, must(channel.log), this, node.limits.heldSize)
        this.#cursor.resume(since)
      })
    } finally {
      node.exit(name)
    }
  }

  /** Takes what there is. */
  finish(): void {
    this.#patient = false
    if (this.#live) this.#take()
  }

  end(why: Disconnect): void {
    this.#end({ ended: why })
  }

  publication(publication: Publication): void {
    this.#publications.push(publication)
    this.#size += publication.data.length
    // What comes in the same turn goes along.
    if (this.#live && this.#publications.length === 1) setImmediate(() => this.#take())
  }

  live(): void {
    this.#live = true
    if (this.#publications.length > 0 || !this.#patient) this.#take()
  }

  ready(): Promise<void> | undefined {
    if (this.#size < pageSize) return undefined
    this.#take()
    return Promise.resolve() // the cursor is closed
  }

  lost(because: Lost): void {
    this.#end({ lost: because })
  }

  joined(): void {}

  left(): void {}

  #take(): void {
    if (this.#cursor === undefined) return
    this.#end({ publications: this.#publications, next: this.#cursor.position, upToDate: this.#live })
  }

  #end(taken: Taken): void {
    this.#cursor?.close()
    this.#settle?.(taken)
    this.#settle = undefined
  }
}
