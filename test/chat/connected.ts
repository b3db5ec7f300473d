/** Somebody of the chat who is connected, by the official client. */
import type { InboxEvent } from '../../src/chat/views.ts'
import { Sdk } from '../sdk.ts'
import type { Caller, ChatServer } from './support.ts'

export interface Connected extends Disposable {
  readonly sdk: Sdk
  /** What came to the inbox so far. */
  readonly inbox: readonly InboxEvent[]
  /** Resolves with the first of this kind in the inbox, from the beginning on or later. */
  readonly told: <Type extends InboxEvent['type']>(type: Type) => Promise<Extract<InboxEvent, { type: Type }>>
}

export async function connect(chat: ChatServer, { token }: Pick<Caller, 'token'>): Promise<Connected> {
  const url = new URL('/connection/websocket', chat.server.url)
  url.protocol = 'ws:'
  const sdk = new Sdk(url.href, { token })
  const inbox: InboxEvent[] = []
  sdk.on('publication', ({ channel, data }) => {
    if (channel.startsWith('inbox:')) inbox.push(data as InboxEvent)
  })
  await sdk.begin()
  return {
    sdk,
    inbox,
    async told(type) {
      for (const end = Date.now() + 10_000; Date.now() < end; await Bun.sleep(2)) {
        const found = inbox.find((event): event is Extract<InboxEvent, { type: typeof type }> => event.type === type)
        if (found !== undefined) return found
      }
      throw new Error(`${type} did not come; there is ${JSON.stringify(inbox)}`)
    },
    [Symbol.dispose]: () => sdk.disconnect(),
  }
}
