/** What the server refused, or why it could not be asked. */
export class CallError extends Error {
  override readonly name = 'CallError'
  /** Of the table of the chat (400 and above) or of the protocol; 0: no answer came. */
  readonly code: number
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
    details: { temporary?: boolean; retryAfter?: number; suggestion?: string; hint?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause })
    this.code = code
    this.temporary = details.temporary ?? false
    this.retryAfter = details.retryAfter
    this.suggestion = details.suggestion
    this.hint = details.hint
  }
}

/** No answer came: it is not known whether it was done. What is sent again with its `clientId` is done once. */
export const unanswered = (cause?: unknown): CallError =>
  new CallError(0, 'The server cannot be reached', { temporary: true, cause })
