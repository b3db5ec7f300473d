/** Files on their way to the server, with progress; a file that failed can go again, one that is not wanted is stopped. */
import { CallError, unanswered } from '../../src/chat-client/index.ts'
import type { Attachment } from '../lib/views.ts'

export interface Upload {
  readonly done: Promise<Attachment>
  readonly cancel: () => void
}

/** @param progress from 0 to 1 */
export function upload(
  file: Blob,
  name: string,
  progress: (share: number) => void,
  more: Record<string, string> = {},
): Upload {
  const request = new XMLHttpRequest() // fetch cannot tell how far it is
  const done = new Promise<Attachment>((resolve, reject) => {
    request.upload.addEventListener('progress', ({ loaded, total }) => progress(total === 0 ? 1 : loaded / total))
    request.addEventListener('error', () => reject(unanswered()))
    request.addEventListener('abort', () => reject(unanswered()))
    request.addEventListener('load', () => {
      const answer: unknown = parsed(request.responseText)
      try {
        if (request.status < 300) resolve(attachmentOf(answer))
        else reject(refusalOf(answer))
      } catch (error) {
        reject(error)
      }
    })
  })
  const query = new URLSearchParams({ name, ...more })
  request.open('POST', `/api/chat/files?${query.toString()}`)
  if (file.type !== '') request.setRequestHeader('content-type', file.type)
  request.send(file)
  return { done, cancel: () => request.abort() }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function attachmentOf(answer: unknown): Attachment {
  if (typeof answer === 'object' && answer !== null && 'id' in answer) return answer as Attachment
  throw new TypeError('the server said nothing of the file')
}

function refusalOf(answer: unknown): CallError {
  const error: unknown = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : answer
  const {
    code = 0,
    message = '',
    name,
  }: { code?: unknown; message?: unknown; name?: unknown } = typeof error === 'object' && error !== null ? error : {}
  return new CallError(Number(code) || 0, String(message), typeof name === 'string' ? { kind: name } : {})
}
