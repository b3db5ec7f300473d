/**
 * What a sender or a reader did wrong, as HTTP says it: a status, a code for
 * programs, and for people a sentence with what to do. One place turns it into
 * an answer (RFC 9457, Problem Details).
 */
class FileError extends Error {
  override readonly name = 'FileError'
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** Answers with what was thrown, if it is a refusal. Everything else is our own fault, and thrown on. */
export async function orRefusal(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof FileError) return refusal(error)
    throw error
  }
}

export const refuse = {
  badRequest: (what: string) => new FileError(400, 'bad_request', what),
  nobody: () => new FileError(401, 'unauthorized', 'Only who is signed in can send files. Sign in and try again.'),
  /** The same for what is not there and for what is not for you, so that nobody learns which. */
  notFound: () =>
    new FileError(
      404,
      'not_found',
      'There is no such file for you. Uploads are removed when nothing comes: begin again.',
    ),
  notAllowed: (allow: string) => new FileError(405, 'method_not_allowed', `This takes ${allow}.`, { allow }),
  lengthRequired: () =>
    new FileError(411, 'length_required', 'Say how long the file is: Upload-Length, or Content-Length with all of it.'),
  tooLarge: (limit: number) =>
    new FileError(413, 'too_large', `A file may have ${limit} bytes. Send a smaller one.`, {
      'upload-limit': `max-size=${limit}`,
    }),
  notBytes: (what: string) =>
    new FileError(
      415,
      'unsupported_media_type',
      `${what} is not taken apart here. Send the bytes of the file as the body.`,
    ),
  tooManyUploads: (count: number) =>
    new FileError(429, 'too_many_uploads', `You have ${count} uploads under way. Finish or cancel one of them.`),
  tooMuchWaiting: () =>
    new FileError(429, 'too_much_waiting', 'You have too many files that are in no message yet. Send or discard some.'),
  storageFull: () =>
    new FileError(507, 'storage_full', 'The server has no room for this now. Try again later.', {
      'retry-after': '60',
    }),

  wrongOffset: (offset: number, given: number) =>
    new FileError(409, 'wrong_offset', `The next byte is that at ${offset}, not at ${given}.`, at(offset)),
  complete: (offset: number) => new FileError(409, 'complete_already', 'This upload is complete.', at(offset, '?1')),
  superseded: (offset: number) =>
    new FileError(409, 'superseded', 'Another request goes on with this upload.', at(offset)),
  cutOff: (offset: number) =>
    new FileError(400, 'cut_off', `The connection was closed at byte ${offset}. Send the rest.`, at(offset)),
  incomplete: (offset: number, announced: number) =>
    new FileError(400, 'wrong_length', `${offset} of ${announced} bytes are there. Send the rest.`, at(offset)),
  tooLong: (offset: number, end: number, announced: number) =>
    new FileError(400, 'wrong_length', `This ends at ${end}, but ${announced} bytes were announced.`, at(offset)),
  overflow: (announced: number) =>
    new FileError(400, 'wrong_length', `More came than the ${announced} bytes announced. Begin again.`),
  sentAlready: () => new FileError(409, 'sent_already', 'This file is in a message. Recall the message instead.'),
}

const at = (offset: number, complete = '?0') => ({ 'upload-offset': String(offset), 'upload-complete': complete })

function refusal({ status, code, message, headers }: FileError): Response {
  const type = problems[code] ?? 'about:blank'
  return new Response(`${JSON.stringify({ type, status, code, title: message })}\n`, {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  })
}

/** Types that the protocol of resumable uploads registers. */
const problems: Readonly<Record<string, string>> = {
  wrong_offset: 'https://iana.org/assignments/http-problem-types#mismatching-upload-offset',
  complete_already: 'https://iana.org/assignments/http-problem-types#completed-upload',
  wrong_length: 'https://iana.org/assignments/http-problem-types#inconsistent-upload-length',
}
