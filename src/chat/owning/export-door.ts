/**
 * Where an export is fetched: `GET /api/chat/export/me` and
 * `GET /api/chat/export/room/<id>`, with `?format=html` for the page. It is sent
 * as fast as it is taken, and to be kept as a file, never shown in our origin.
 */
import type { HttpVisit } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { refusal } from '../http-answers.ts'
import { ChatError } from '../errors.ts'
import type { Person } from '../people/person.ts'
import { findSession, tokenOf } from '../people/sessions.ts'
import { exportMe } from './export-me.ts'
import { exportRoom } from './export-room.ts'
import { asHtml } from './export-html.ts'
import { asJson, type Export } from './export.ts'

export function openExports(chat: Chat): void {
  chat.server.http('/api/chat/export/me', (request, visit) => answer(chat, request, visit, (me) => exportMe(chat, me)))
  chat.server.http('/api/chat/export/room/:room', (request, visit) =>
    answer(chat, request, visit, (me) => exportRoom(chat, me, visit.params['room'] ?? '')),
  )
}

function answer(chat: Chat, request: Request, visit: HttpVisit, make: (me: Person) => Export): Response {
  try {
    if (request.method !== 'GET')
      return refusal(new ChatError('invalid', { message: 'Use GET' }), 405, { allow: 'GET' })
    const person = findSession(chat, tokenOf(chat, request))?.person
    if (person === undefined) throw new ChatError('notLoggedIn')
    const format = visit.query.get('format') ?? 'json'
    if (format !== 'json' && format !== 'html') throw new ChatError('invalid', { message: 'format is json or html' })
    chat.limits.take('export', { person, address: visit.address })
    const all = make(person)
    visit.hold()
    const pieces = format === 'json' ? asJson(all, chat.now()) : asHtml(all, chat.now(), visit.origin)
    return new Response(streamOf(chat, pieces), { headers: headersFor(format, visit.params['room'] ?? 'me') })
  } catch (error) {
    if (error instanceof ChatError) return refusal(error, error.status)
    throw error
  }
}

function headersFor(format: 'json' | 'html', name: string): Record<string, string> {
  return {
    'content-type': format === 'json' ? 'application/json' : 'text/html; charset=utf-8',
    'content-disposition': `attachment; filename="posthouse-${name.replaceAll(/[^\w.-]/g, '_')}.${format}"`,
    'content-security-policy': `sandbox; default-src 'none'; style-src 'unsafe-inline'`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  }
}

/** A piece for each time that there is room for more; others are served in between. */
function streamOf(chat: Chat, pieces: Iterator<string>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setImmediate(resolve))
      try {
        const { value, done } = pieces.next()
        if (done === true) controller.close()
        else controller.enqueue(encoder.encode(value))
      } catch (error) {
        // Half of it is not to be taken for the whole: the connection breaks off.
        if (!(error instanceof ChatError)) chat.server.report(error)
        controller.error(error)
      }
    },
    cancel: () => void pieces.return?.(),
  })
}

const encoder = new TextEncoder()
