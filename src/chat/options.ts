/** What the chat is told when it is made: the section `chat` of the configuration, or nothing. */
export interface ChatOptions {
  /** Whether a nickname is enough. */
  readonly guests: boolean
  /** Whether anybody may claim a name with a password; else administrators make the accounts. */
  readonly registration: boolean
  /** Characters (code points) of a message. */
  readonly messageLimit: number
  /** Milliseconds in which an author may take a message back; Infinity: always. */
  readonly recallTime: number
  /** Milliseconds in which an author may edit a message; Infinity: always. */
  readonly editTime: number
  /** Bytes of a file. */
  readonly fileLimit: number
  /** Milliseconds until a session that is not used ends. */
  readonly sessionTime: number
  /** Milliseconds that messages are kept where a room says nothing; Infinity: for good. */
  readonly retention: number
  /** Whether links are looked at. */
  readonly previews: boolean
  /** Addresses and ranges of the own network that webhooks may call. */
  readonly webhookNetworks: readonly string[]
  /** The name of the room that everybody is in; empty: there is none. */
  readonly lobby: string
}

const day = 24 * 3600 * 1000

export const defaultChatOptions: ChatOptions = {
  guests: true,
  registration: true,
  messageLimit: 8000,
  recallTime: 24 * 3600 * 1000,
  editTime: Number.POSITIVE_INFINITY,
  fileLimit: 100 * 2 ** 20,
  sessionTime: 30 * day,
  retention: Number.POSITIVE_INFINITY,
  previews: true,
  webhookNetworks: [],
  lobby: 'Lobby',
}
