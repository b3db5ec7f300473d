/** How something that was asked for went. A refusal is expected, so it is a value. */
export type Outcome<T = undefined> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem }

export interface Problem {
  /** The server's name of the error, which has its sentence in the message files; `offline` is ours. */
  readonly name: string
  /** The server's own sentence, for an error that the page does not know. */
  readonly message: string
  /** Milliseconds after which it may be tried again. */
  readonly retryAfter?: number | undefined
  /** What could be taken instead: a free name. */
  readonly suggestion?: string | undefined
}

export const done: Outcome = { ok: true, value: undefined }
