/**
 * A page of a channel, for one answer: what lies after a position, and if that
 * is nothing, what comes within a time. It is read through a cursor, like all
 * that is live, so nothing is lost between one page and the next.
 */
import type { Channel } from '../core/channel.ts'
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

/** Whom a page is for. */
export interface PageOwner {
  /** Called once. */
  taken(taken: Taken): void
}

/** Bytes, about, after which a page is not made longer. */
const pageSize = 1_048_576

/** A page of what is there. @throws StoreError */
export async function readPage({ node, channel: name, namespace }: Visit, since: Position): Promise<Taken> {
  const channel = await node.enter(name, namespace)
  try {
    return await new Promise<Taken>((resolve) => {
      new PageReader(channel, { taken: resolve }, node.limits.heldSize).read(since, false)
    })
  } finally {
    node.exit(name)
  }
}

export class PageReader implements Reader {
  readonly #cursor: Cursor
  readonly #owner: PageOwner
  #publications = nothing
  #size = 0
  #live = false
  #patient = true
  #ended = false

  /** `holdLimit`: as of a cursor. */
  constructor(channel: Channel, owner: PageOwner, holdLimit: number) {
    this.#owner = owner
    this.#cursor = new Cursor(channel, must(channel.log), this, holdLimit)
  }

  /** `patient`: waits for something to come until it is told to finish. */
  read(since: Position, patient: boolean): void {
    this.#patient = patient
    this.#cursor.resume(since)
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
    if (this.#publications === nothing) this.#publications = []
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
    this.#end({ publications: this.#publications, next: this.#cursor.position, upToDate: this.#live })
  }

  #end(taken: Taken): void {
    if (this.#ended) return
    this.#ended = true
    this.#cursor.close()
    this.#owner.taken(taken)
  }
}

const nothing: Publication[] = [] // never added to; who waits has no list of its own
