/**
 * The outgoing webhooks of the chat while it runs: which there are, when they
 * are woken, and that they are as their rows say. They start with the server,
 * where their progress says, and end with it.
 */
import { ConfigError } from '../../index.ts'
import type { Chat } from '../chat.ts'
import type { RoomId } from '../events.ts'
import { check, type Outgoing } from '../outgoing/outgoing.ts'
import { attempt, type Outcome } from './attempt.ts'
import { activeHooks, findHook, type OutgoingHook, secretsOf } from './hook.ts'
import { roomLog } from './room-log.ts'
import { Webhooks } from './webhooks.ts'

export class OutgoingHooks {
  readonly #chat: Chat
  readonly #outgoing: Outgoing
  readonly #running: Webhooks
  readonly #byRoom = new Map<RoomId, Set<string>>()
  readonly #timers = new Map<string, () => void>() // until an old secret is no longer good
  #isClosed = false

  /** @throws ConfigError for a network that cannot be read */
  constructor(chat: Chat) {
    this.#chat = chat
    this.#outgoing = outgoingOf(chat)
    this.#running = new Webhooks({
      outgoing: this.#outgoing,
      log: roomLog(chat),
      clock: { now: () => chat.now(), after: (delay, call) => chat.after(delay, call) },
      report: (error) => chat.server.report(error),
    })
    chat.listen((room) => {
      for (const id of this.#byRoom.get(room) ?? []) this.#running.wake(id)
    })
  }

  /** Call it once the server listens. */
  start(): void {
    for (let last = ''; ;) {
      const page = activeHooks(this.#chat, last, pageSize)
      for (const hook of page) this.#set(hook)
      if (page.length < pageSize) return
      last = page.at(-1)?.id ?? ''
    }
  }

  /** Why it cannot be reached, if that is known before it is tried. */
  async trouble(url: string): Promise<string | undefined> {
    return (await check(this.#outgoing, url))?.because
  }

  /** Its row was written: it goes on as that says, and at once. */
  async changed(id: string): Promise<void> {
    const hook = findHook(this.#chat, id)
    if (hook?.direction === 'out' && hook.off === null) this.#set(hook)
    else await this.#remove(id)
  }

  /** As `changed`, for one that was switched off. */
  async switchedOn(id: string): Promise<void> {
    await this.#running.remove(id)
    await this.changed(id)
  }

  /** One attempt that is no delivery. */
  test(hook: OutgoingHook): Promise<Outcome> {
    const chat = this.#chat
    const id = `test_${hook.id}_${chat.newId()}`
    const data = JSON.stringify({ type: 'test', text: 'This is a test. Nothing happened in the room.' })
    const event = { room: hook.room, offset: hook.progress.position, type: 'test', time: chat.now(), data }
    const endpoint = { url: hook.url, secrets: secretsOf(hook, chat.now()) }
    const late = AbortSignal.timeout(testTime)
    return attempt(this.#outgoing, endpoint, id, event, () => chat.now(), late)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
    await this.#running.close()
  }

  #set(hook: OutgoingHook): void {
    if (this.#isClosed) return
    const { id, room, url, progress, old } = hook
    const now = this.#chat.now()
    const hooks = this.#byRoom.get(room) ?? new Set()
    this.#byRoom.set(room, hooks.add(id))
    this.#timers.get(id)?.()
    this.#timers.delete(id)
    if (old !== undefined && old.until > now)
      this.#timers.set(
        id,
        this.#chat.after(old.until - now, () => void this.changed(id)),
      )
    this.#running.set({ id, url, secrets: secretsOf(hook, now), progress })
  }

  async #remove(id: string): Promise<void> {
    this.#timers.get(id)?.()
    this.#timers.delete(id)
    for (const [room, hooks] of this.#byRoom) if (hooks.delete(id) && hooks.size === 0) this.#byRoom.delete(room)
    await this.#running.remove(id)
  }
}

function outgoingOf(chat: Chat): Outgoing {
  try {
    return chat.outgoing(chat.options.webhookNetworks)
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigError([`chat.webhook_networks: ${error.message}`])
    throw error
  }
}

const pageSize = 500
const testTime = 8000 // ms: who waits for it over HTTP is cut off after ten seconds
