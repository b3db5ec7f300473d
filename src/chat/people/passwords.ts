/**
 * Passwords: kept as argon2id, with the parameters that OWASP gives as the least
 * (19 MiB, two passes). Each takes some hundredths of a second of a core and its
 * memory, so only few are worked on at once; the others wait in line, and what
 * does not find a place there is told to come again.
 *
 * Whoever has no password is checked against one that nobody has: an answer
 * takes as long, and so does not tell which names there are.
 */
import { ChatError } from '../errors.ts'

/** What does the work. */
export interface Hasher {
  readonly hash: (password: string) => Promise<string>
  readonly verify: (password: string, hash: string) => Promise<boolean>
}

const argon2id: Hasher = {
  hash: (password) => Bun.password.hash(password, { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 }),
  verify: (password, hash) => Bun.password.verify(password, hash),
}

const atOnce = 2
const places = 64 // in line
const least = 8 // characters
const most = 1024 // bytes

export class Passwords {
  readonly #hasher: Hasher
  readonly #line: (() => void)[] = []
  #busy = 0
  #nobody: Promise<string> | undefined

  constructor(hasher: Hasher = argon2id) {
    this.#hasher = hasher
  }

  /** As it is kept. @throws ChatError `badPassword`, `tooMany` */
  async hash(password: string): Promise<string> {
    demandLength(password)
    return this.#inTurn(() => this.#hasher.hash(normal(password)))
  }

  /** Whether this is the password of which that is kept; nothing is kept of somebody who is not there. @throws ChatError `tooMany` */
  async verify(password: string, kept: string | undefined): Promise<boolean> {
    const isPossible = Buffer.byteLength(password) <= most
    return this.#inTurn(async () => {
      const nobody = await (this.#nobody ??= this.#hasher.hash('the password of nobody'))
      const isRight = await this.#hasher.verify(isPossible ? normal(password) : '', kept ?? nobody)
      return isRight && isPossible && kept !== undefined
    })
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy >= atOnce) await this.#wait()
    else this.#busy++
    try {
      return await work()
    } finally {
      const next = this.#line.shift()
      if (next === undefined) this.#busy--
      else next() // who takes over what is busy
    }
  }

  #wait(): Promise<void> {
    if (this.#line.length >= places) throw new ChatError('tooMany', { retryAfter: 2000 })
    return new Promise((resolve) => this.#line.push(resolve))
  }
}

/** As different keyboards write the same (RFC 8265, section 4.2.2). */
const normal = (password: string) => password.normalize('NFC')

/** @throws ChatError `badPassword` */
function demandLength(password: string): void {
  if (Array.from(password).length < least)
    throw new ChatError('badPassword', { message: `A password has at least ${least} characters` })
  if (Buffer.byteLength(password) > most)
    throw new ChatError('badPassword', { message: `A password has at most ${most} bytes` })
}
