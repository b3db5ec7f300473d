/**
 * Pictures that incoming webhooks want to be shown with. The readers' browsers
 * are not sent there, which would tell the site who reads; the server fetches
 * them, once in a while, and keeps a small one. Whoever posts waits for that for
 * a moment; then the message goes without.
 */
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import { HostQueue } from '../outgoing/host-queue.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import type { Keeper } from '../previews/follow-links.ts'
import { picture } from '../previews/preview.ts'
import { Recent } from '../previews/recent.ts'
import { smallPicture } from '../previews/small-picture.ts'

const hour = 3600 * 1000

export class Avatars {
  readonly #chat: Chat
  readonly #keeper: Keeper
  readonly #outgoing: Outgoing
  readonly #queue = new HostQueue({ running: 4, runningPerHost: 2, waiting: 50, waitingPerHost: 10 })
  readonly #recent: Recent<string | undefined>
  readonly #underway = new Map<string, Promise<string | undefined>>()
  readonly #closing = new AbortController()

  constructor(chat: Chat, keeper: Keeper) {
    this.#chat = chat
    this.#keeper = keeper
    this.#outgoing = chat.outgoing()
    this.#recent = new Recent({
      now: () => performance.now(),
      bytes: 1_000_000,
      sizeOf: () => 100,
      lifeOf: (file) => (file === undefined ? hour / 6 : hour),
    })
  }

  /** A file that this webhook alone uses; undefined if there is none in time. */
  async of(hook: string, url: string): Promise<string | undefined> {
    const key = `${hook} ${url}`
    const recent = this.#recent.get(key)
    if (recent !== undefined) return recent.value
    const late = Promise.withResolvers<undefined>()
    const cancel = this.#chat.after(patience, () => late.resolve(undefined))
    const found = await Promise.race([this.#fetch(key, hook, url), late.promise])
    cancel()
    return found
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('closing'))
    await Promise.all(this.#underway.values())
  }

  #fetch(key: string, hook: string, url: string): Promise<string | undefined> {
    const underway = this.#underway.get(key)
    if (underway !== undefined) return underway
    const started = this.#queue
      .run(new URL(url).host, () => this.#keep(key, hook, url))
      .catch((error: unknown): undefined => {
        this.#chat.server.report(error)
      })
      .finally(() => this.#underway.delete(key))
    this.#underway.set(key, started)
    return started
  }

  async #keep(key: string, hook: string, url: string): Promise<string | undefined> {
    const { signal } = this.#closing
    if (signal.aborted || !this.#mayLook(hook)) return undefined
    const found = await picture(this.#outgoing, url, signal)
    const small = found && (await smallPicture(found.bytes, side))
    if (signal.aborted) return undefined
    const file = small && (await this.#keeper.keep('avatar.webp', 'image/webp', small))
    this.#recent.set(key, file?.id)
    return file?.id
  }

  #mayLook(hook: string): boolean {
    try {
      this.#chat.limits.take('previews', { person: { id: hook }, address: '' })
      return true
    } catch (error) {
      if (error instanceof ChatError) return false
      throw error
    }
  }
}

const patience = 2000 // ms
const side = 256 // pixels
