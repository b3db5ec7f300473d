/** Who is logged in is the same in all tabs: one that changes it tells the others. */
type Word = { readonly is: 'in'; readonly person: string } | { readonly is: 'out' }

export class Sessions {
  readonly #bus = 'BroadcastChannel' in globalThis ? new BroadcastChannel('posthouse session') : undefined

  /** @param changed is told of what another tab did: a person came in, or nobody is there any more */
  constructor(changed: (person: string | undefined) => void) {
    this.#bus?.addEventListener('message', ({ data }: MessageEvent<Word>) =>
      changed(data.is === 'in' ? data.person : undefined),
    )
  }

  cameIn(person: string): void {
    this.#bus?.postMessage({ is: 'in', person } satisfies Word)
  }

  wentOut(): void {
    this.#bus?.postMessage({ is: 'out' } satisfies Word)
  }
}
