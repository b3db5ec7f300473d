/** What the server refused, or why it could not be asked. */
export class CallError extends Error {
  override readonly name = 'CallError'
  /** Of the table of the chat (400 and above) or of the protocol; 0: no answer came. */
  readonly code: number
  /** The name of it in the table; `offline` where no answer came. */
  readonly kind: string
  /** The same call may succeed later without anybody's doing. */
  readonly temporary: boolean
  /** Milliseconds after which it may be tried again. */
  readonly retryAfter: number | undefined
  /** What could be taken instead. */
  readonly suggestion: string | undefined
  /** What to do. */
  readonly hint: string | undefined

  constructor(
    code: number,
    message: string,
    details: {
      kind?: string
      temporary?: boolean
      retryAfter?: number
      suggestion?: string
      hint?: string
      cause?: unknown
    } = {},
  ) {
    super(message, { cause: details.cause })
    this.code = code
    this.kind = details.kind ?? errorNames[code] ?? 'internal'
    this.temporary = details.temporary ?? false
    this.retryAfter = details.retryAfter
    this.suggestion = details.suggestion
    this.hint = details.hint
  }
}

/** No answer came: it is not known whether it was done. What is sent again with its `clientId` is done once. */
export const unanswered = (cause?: unknown): CallError =>
  new CallError(0, 'The server cannot be reached', { temporary: true, cause })

/** How long to wait, where the sentence says it: over the realtime connection an error has no other place for that. */
export function waitIn(message: string): { readonly retryAfter?: number } {
  const [, seconds] = /; try again in (\d{1,6}) s$/.exec(message) ?? []
  return seconds === undefined ? {} : { retryAfter: Number(seconds) * 1000 }
}

/** Over the realtime connection an error has a code and a sentence. A test holds this to the table of the server. */
export const errorNames: Readonly<Record<number, string>> = {
  0: 'offline',
  100: 'internal',
  111: 'tooMany',
  400: 'invalid',
  401: 'notLoggedIn',
  402: 'wrongPassword',
  403: 'forbidden',
  404: 'notFound',
  405: 'nameTaken',
  406: 'badName',
  409: 'conflict',
  410: 'gone',
  413: 'tooLarge',
  420: 'notMember',
  421: 'banned',
  422: 'muted',
  423: 'readOnly',
  424: 'archived',
  425: 'tooLate',
  426: 'lastOwner',
  427: 'invitationOver',
  428: 'slow',
  429: 'tooMany',
  430: 'full',
  431: 'blocked',
  432: 'badPassword',
  503: 'unavailable',
}
