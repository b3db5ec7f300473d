/** Why an outgoing request has no answer that can be used. Thrown inside this folder, a value outside of it. */
export type Reason =
  | 'url' // not http or https, or with a password in it
  | 'host' // has no address, or one that may not be reached: which of the two is not told, for it is about our own network
  | 'connection' // refused, broken off, or the other side is not who its certificate should name
  | 'time' // took longer than was allowed, all in all
  | 'redirects' // too many, or to nowhere
  | 'type' // what is there is not of a kind that was asked for
  | 'size' // longer than was allowed
  | 'answer' // not HTTP, or not as it should be
  | 'cancelled' // by us

export interface Failed {
  readonly failed: Reason
  readonly because: string
}

export class Failure extends Error {
  override readonly name = 'Failure'
  readonly reason: Reason

  constructor(reason: Reason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/** What was thrown, as a value. */
export function toFailed(error: unknown, signal: AbortSignal): Failed {
  if (error instanceof Failure) return { failed: error.reason, because: error.message }
  if (signal.aborted) return whyAborted(signal)
  const { code, message } = described(error)
  const malformed = /^(HPE_|Z_|ERR__|BROTLI)/.test(code)
  return { failed: malformed ? 'answer' : 'connection', because: (code || message).slice(0, 200) }
}

function described(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) }
  return { code: 'code' in error && typeof error.code === 'string' ? error.code : '', message: error.message }
}

function whyAborted({ reason }: AbortSignal): Failed {
  const late = reason instanceof Error && reason.name === 'TimeoutError'
  return late ? { failed: 'time', because: 'no answer in time' } : { failed: 'cancelled', because: 'cancelled' }
}
