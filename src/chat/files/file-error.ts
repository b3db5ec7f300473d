/**
 * What a sender or a reader of files did wrong: an error of the chat like the
 * others, and the headers that the protocol of uploads asks for.
 */
import { ChatError, type ChatErrorName, chatErrors } from '../errors.ts'

class FileError extends ChatError {
  override readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(kind: ChatErrorName, message: string, status?: number, headers: Readonly<Record<string, string>> = {}) {
    super(kind, { message })
    this.status = status ?? chatErrors[kind].status
    this.headers = headers
  }
}

/** Answers with what was thrown, if it is a refusal. Everything else is our own fault, and thrown on. */
export async function orRefusal(request: Request, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ChatError)) throw error
    const headers = error instanceof FileError ? error.headers : {}
    // What is left of the body is not read, so nothing can come after it (RFC 9112, section 9.3).
    const end = request.body === null ? {} : { connection: 'close' }
    return Response.json(error, { status: error.status, headers: { ...always, ...headers, ...end } })
  }
}

export const refuse = {
  invalid: (what: string) => new FileError('invalid', what),
  nobody: () => new FileError('notLoggedIn', 'Only who is logged in can send files'),
  /** The same for what is not there and for what is not for you, so that nobody learns which. */
  notFound: () => new FileError('notFound', 'There is no such file for you; what stands still for long is removed'),
  notAllowed: (allow: string) => new FileError('invalid', `This takes ${allow}`, 405, { allow }),
  lengthRequired: () =>
    new FileError('invalid', 'Say how long the file is: Upload-Length, or Content-Length with all of it', 411),
  tooLarge: (limit: number) =>
    new FileError('tooLarge', `A file has at most ${limit} bytes`, 413, { 'upload-limit': `max-size=${limit}` }),
  notBytes: (what: string) =>
    new FileError('invalid', `${what} is not taken apart here: send the bytes of the file as the body`, 415),
  tooManyUploads: (count: number) => new FileError('full', `You have ${count} uploads under way`, 429),
  tooMuchWaiting: () => new FileError('full', 'You have too many files that are in no message yet', 429),
  storageFull: () =>
    new FileError('unavailable', 'The server has no room for this at present', 507, { 'retry-after': '60' }),

  wrongOffset: (offset: number, given: number) =>
    new FileError('conflict', `The next byte is that at ${offset}, not at ${given}`, 409, at(offset)),
  complete: (offset: number) => new FileError('conflict', 'This upload is complete', 409, at(offset, '?1')),
  superseded: (offset: number) =>
    new FileError('conflict', 'Another request goes on with this upload', 409, at(offset)),
  cutOff: (offset: number) =>
    new FileError('invalid', `The connection was closed at byte ${offset}: send the rest`, 400, at(offset)),
  incomplete: (offset: number, announced: number) =>
    new FileError('invalid', `${offset} of ${announced} bytes are there: send the rest`, 400, at(offset)),
  tooLong: (offset: number, end: number, announced: number) =>
    new FileError('invalid', `This ends at ${end}, but ${announced} bytes were announced`, 400, at(offset)),
  overflow: (announced: number) =>
    new FileError('invalid', `More came than the ${announced} bytes announced: begin again`),
  usedAlready: () => new FileError('conflict', 'This file is in a message: recall the message instead'),
}

const at = (offset: number, complete = '?0') => ({ 'upload-offset': String(offset), 'upload-complete': complete })
const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }
