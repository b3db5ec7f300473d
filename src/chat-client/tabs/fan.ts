/**
 * Many follow a channel by one following of a link. Each gets what comes after
 * its own position, once: whoever joins further back makes the following start
 * there again, and the others, who know it, do not see it twice.
 */
import type { Entry, Follower, Link } from '../link.ts'
import type { PositionView } from '../types.ts'

interface Member {
  readonly follower: Follower
  at: PositionView
}

export class Fan {
  readonly #link: Pick<Link, 'follow'>
  readonly #channels = new Map<string, Shared>()

  constructor(link: Pick<Link, 'follow'>) {
    this.#link = link
  }

  follow(channel: string, since: PositionView, follower: Follower): () => void {
    const shared = this.#channels.get(channel) ?? new Shared(this.#link, channel, () => this.#channels.delete(channel))
    this.#channels.set(channel, shared)
    const member = { follower, at: since }
    shared.join(member)
    return () => shared.leave(member)
  }
}

class Shared {
  readonly #link: Pick<Link, 'follow'>
  readonly #channel: string
  readonly #over: () => void
  readonly #members = new Set<Member>()
  #position: PositionView | undefined
  #isLive = false
  #stop: (() => void) | undefined
  #turn = 0

  constructor(link: Pick<Link, 'follow'>, channel: string, over: () => void) {
    this.#link = link
    this.#channel = channel
    this.#over = over
  }

  join(member: Member): void {
    this.#members.add(member)
    const { offset, epoch } = member.at
    const isAhead = this.#position !== undefined && epoch === this.#position.epoch && offset >= this.#position.offset
    if (!isAhead) this.#start(member.at)
    else if (this.#isLive) member.follower.live?.(true)
  }

  leave(member: Member): void {
    if (this.#members.delete(member) && this.#members.size === 0) this.#end()
  }

  #start(since: PositionView): void {
    this.#stop?.()
    const turn = ++this.#turn
    const ours =
      <A extends unknown[]>(take: (...args: A) => void) =>
      (...args: A) => {
        if (turn === this.#turn) take(...args)
      }
    this.#position = since
    this.#isLive = false
    this.#stop = this.#link.follow(this.#channel, since, {
      receive: ours((entry: Entry) => this.#receive(entry)),
      live: ours((live: boolean) => this.#live(live)),
      lost: ours((position: PositionView) => this.#lost(position)),
      ended: ours((reason: { readonly code: number; readonly message: string }) => {
        const members = [...this.#members]
        this.#members.clear()
        this.#end()
        for (const { follower } of members) follower.ended?.(reason)
      }),
    })
  }

  #receive(entry: Entry): void {
    const { offset } = entry
    if (offset > 0 && this.#position !== undefined) this.#position = { ...this.#position, offset }
    for (const member of Array.from(this.#members)) {
      if (offset > 0 && offset <= member.at.offset) continue // it has it
      if (offset > 0) member.at = { ...member.at, offset }
      member.follower.receive(entry)
    }
  }

  #live(live: boolean): void {
    this.#isLive = live
    for (const { follower } of Array.from(this.#members)) follower.live?.(live)
  }

  #lost(position: PositionView): void {
    this.#position = position
    for (const member of Array.from(this.#members)) {
      const hasAll = member.at.epoch === position.epoch && member.at.offset >= position.offset
      member.at = position
      if (!hasAll) member.follower.lost?.(position)
    }
  }

  #end(): void {
    this.#turn++
    this.#stop?.()
    this.#over()
  }
}
