/**
 * Which tab tells of a message, where each has a connection of its own: the
 * tabs of a browser without locks, which is any page without HTTPS. Each says
 * that it would, and waits a moment; of those that did, the one with the
 * smallest id does. Whoever looks at the room says that nobody needs to.
 */
type Word = { readonly is: 'wanted' | 'settled'; readonly claim: string; readonly tab: string }

/** Longer than a word is on its way from tab to tab. In milliseconds. */
export const moment = 500
const remembered = 200

/** All hear each other, and nobody else. */
export interface ClaimBus {
  post(word: unknown): void
  listen(hear: (word: unknown) => void): void
}

export class Claims {
  readonly #bus: ClaimBus
  readonly #tab: string
  readonly #isNoNews: (claim: string) => boolean
  readonly #wait: () => Promise<void>
  readonly #wanted = new Map<string, string>() // by whom, of the others the one that comes first
  readonly #settled = new Set<string>()

  /** @param isNoNews whether somebody looks at it in this tab, which may hear of it later than the others */
  constructor(
    bus: ClaimBus,
    tab: string,
    isNoNews: (claim: string) => boolean,
    wait = () => new Promise<void>((done) => setTimeout(done, moment)),
  ) {
    this.#bus = bus
    this.#tab = tab
    this.#isNoNews = isNoNews
    this.#wait = wait
    bus.listen((word) => isWord(word) && this.#hear(word))
  }

  /** Whether this tab is to tell. */
  async win(claim: string): Promise<boolean> {
    if (this.#settled.has(claim)) return false
    this.#say('wanted', claim)
    await this.#wait()
    const other = this.#wanted.get(claim)
    if (this.#settled.has(claim) || (other !== undefined && other < this.#tab)) return false
    this.settle(claim)
    return true
  }

  /** It is told, or need not be. */
  settle(claim: string): void {
    this.#remember(claim)
    this.#say('settled', claim)
  }

  #hear({ is, claim, tab }: Word): void {
    if (is === 'settled') return this.#remember(claim)
    const known = this.#wanted.get(claim)
    if (known === undefined || tab < known) this.#wanted.set(claim, tab)
    if (this.#settled.has(claim) || this.#isNoNews(claim)) this.settle(claim)
    forgetOldest(this.#wanted)
  }

  #remember(claim: string): void {
    this.#settled.add(claim)
    forgetOldest(this.#settled)
  }

  #say(is: Word['is'], claim: string): void {
    this.#bus.post({ is, claim, tab: this.#tab } satisfies Word)
  }
}

function forgetOldest(known: Map<string, unknown> | Set<string>): void {
  const [oldest] = known.keys()
  if (known.size > remembered && oldest !== undefined) known.delete(oldest)
}

function isWord(word: unknown): word is Word {
  return typeof word === 'object' && word !== null && 'is' in word && 'claim' in word && 'tab' in word
}

/** Undefined where the tabs agree by locks, or cannot hear each other at all. */
export function browserClaims(tab: string, isNoNews: (claim: string) => boolean): Claims | undefined {
  if (globalThis.navigator?.locks !== undefined || !('BroadcastChannel' in globalThis)) return undefined
  const bus = new BroadcastChannel('posthouse attention')
  return new Claims(
    {
      post: (word) => bus.postMessage(word),
      listen: (hear) => bus.addEventListener('message', ({ data }: MessageEvent<unknown>) => hear(data)),
    },
    tab,
    isNoNews,
  )
}
