/**
 * What can go wrong for who calls, on every door alike: a code, a name, a
 * sentence that a person can read, and what to do. Over the realtime connection
 * it is an error of the command, over HTTP a status with the same in JSON.
 *
 * Codes 400 to 599 are the chat's; the protocol's own (100 to 112) keep their
 * meaning.
 */
import { ClientError } from '../index.ts'

interface Kind {
  readonly code: number
  readonly status: number
  readonly message: string
  readonly hint: string
}

/** The table. A code is never given another meaning. */
export const chatErrors = {
  invalid: {
    code: 400,
    status: 400,
    message: 'This cannot be done as it was asked',
    hint: 'Mend what the message names and ask again.',
  },
  notLoggedIn: { code: 401, status: 401, message: 'You have to say who you are', hint: 'Choose a name, or log in.' },
  wrongPassword: {
    code: 402,
    status: 401,
    message: 'Name and password do not fit together',
    hint: 'Check both and try again.',
  },
  forbidden: { code: 403, status: 403, message: 'You may not do this', hint: 'Ask somebody who may.' },
  notFound: {
    code: 404,
    status: 404,
    message: 'There is nothing of this kind, or it is not for you',
    hint: 'Check the link, or ask for an invitation.',
  },
  nameTaken: {
    code: 405,
    status: 409,
    message: 'Somebody has this name already',
    hint: 'Take the one that is suggested, or another.',
  },
  badName: {
    code: 406,
    status: 400,
    message: 'This name cannot be used',
    hint: 'Use 1 to 32 letters, digits, signs or emoji that can be seen.',
  },
  conflict: {
    code: 409,
    status: 409,
    message: 'Something else changed it at the same moment',
    hint: 'Look at it again and repeat.',
  },
  gone: { code: 410, status: 410, message: 'This is no longer there', hint: 'Load it anew.' },
  tooLarge: { code: 413, status: 413, message: 'This is too large', hint: 'Make it smaller.' },
  notMember: { code: 420, status: 403, message: 'You are not a member of this room', hint: 'Join it first.' },
  banned: {
    code: 421,
    status: 403,
    message: 'You are banned from this room',
    hint: 'A moderator of the room can lift it.',
  },
  muted: {
    code: 422,
    status: 403,
    message: 'You are muted in this room',
    hint: 'Wait until it ends, or ask a moderator.',
  },
  readOnly: { code: 423, status: 403, message: 'Only moderators write in this room', hint: 'You can read, and react.' },
  archived: { code: 424, status: 403, message: 'This room is archived', hint: 'An owner can restore it.' },
  tooLate: { code: 425, status: 403, message: 'The time for this is over', hint: 'A moderator can still remove it.' },
  lastOwner: { code: 426, status: 409, message: 'A room needs an owner', hint: 'Hand it over to somebody first.' },
  invitationOver: { code: 427, status: 410, message: 'This invitation is no longer valid', hint: 'Ask for a new one.' },
  slow: { code: 428, status: 429, message: 'Slow mode is on in this room', hint: 'Wait a moment.' },
  tooMany: { code: 429, status: 429, message: 'This is too much at once', hint: 'Wait a moment and try again.' },
  full: { code: 430, status: 409, message: 'There is no room for more', hint: 'Remove something first.' },
  blocked: {
    code: 431,
    status: 403,
    message: 'This person does not want to hear from you',
    hint: 'There is nothing to be done about it here.',
  },
  badPassword: {
    code: 432,
    status: 400,
    message: 'This password cannot be used',
    hint: 'Use 8 characters or more.',
  },
  unavailable: {
    code: 503,
    status: 503,
    message: 'This cannot be kept at present',
    hint: 'Try again in a moment; nothing was changed.',
  },
} as const satisfies Record<string, Kind>

export type ChatErrorName = keyof typeof chatErrors

/** More about one case. */
export interface ErrorDetails {
  /** Instead of the general sentence. */
  readonly message?: string
  /** Milliseconds after which it may be tried again. */
  readonly retryAfter?: number
  /** What could be taken instead, for example a free name. */
  readonly suggestion?: string
  readonly cause?: unknown
}

export class ChatError extends ClientError {
  readonly kind: ChatErrorName
  readonly status: number
  readonly hint: string
  readonly retryAfter: number | undefined
  readonly suggestion: string | undefined

  constructor(kind: ChatErrorName, { message, retryAfter, suggestion, cause }: ErrorDetails = {}) {
    const { code, status, hint, ...table } = chatErrors[kind]
    const sentence = message ?? table.message
    const wait = retryAfter === undefined ? '' : `; try again in ${Math.ceil(retryAfter / 1000)} s`
    super(code, sentence + wait, retryAfter !== undefined || kind === 'unavailable', { cause })
    this.kind = kind
    this.status = status
    this.hint = hint
    this.retryAfter = retryAfter
    this.suggestion = suggestion
  }

  /** As it goes over HTTP. */
  toJSON(): Record<string, unknown> {
    const { code, kind, message, hint, retryAfter, suggestion } = this
    return {
      error: {
        code,
        name: kind,
        message,
        hint,
        ...(retryAfter !== undefined && { retryAfter }),
        ...(suggestion !== undefined && { suggestion }),
      },
    }
  }
}
