/**
 * `/hooks/<token>`: what is posted there is a message in the room. Whoever has
 * the URL may post, from wherever, as the bot that was made with it; a removed
 * or rotated one is as if it had never been. See `incoming.ts` for what the body
 * may be.
 */
import { createHash } from 'node:crypto'
import type { ApiPart, HttpVisit, Published, Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { MessageEvent } from '../events.ts'
import { answerOf, refusal, safe } from '../http-answers.ts'
import { whomMentions } from '../messages/whom.ts'
import { findPerson } from '../people/person.ts'
import { standingOf } from '../rooms/standing.ts'
import type { Avatars } from './avatars.ts'
import { findByToken, type IncomingHook } from './hook.ts'
import { incoming, type IncomingMessage } from './incoming.ts'

const maxBody = 256 * 1024

export function openHookDoor(chat: Chat, avatars: Avatars): void {
  const answer = async (request: Request, visit: HttpVisit): Promise<Response> => {
    try {
      if (request.method !== 'POST')
        return refusal(new ChatError('invalid', { message: 'Use POST' }), 405, { allow: 'POST' })
      return Response.json(await receive(chat, avatars, request, visit), { headers: safe })
    } catch (error) {
      return answerOf(chat, error)
    }
  }
  // From any page: the URL is all the right there is, and no cookie adds to it.
  chat.server.http('/hooks/:token', answer, { maxBody, origins: 'any', describe })
}

async function receive(chat: Chat, avatars: Avatars, request: Request, { params, address, headers }: HttpVisit) {
  const hook = findByToken(chat, params['token'] ?? '')
  if (hook === undefined) {
    chat.limits.take('call', { person: undefined, address })
    throw new ChatError('notFound', { message: 'There is no webhook with this URL; it may have been removed' })
  }
  chat.limits.take('hook', { person: hook, address })
  const key = keyOf(hook, headers.get('idempotency-key'))
  const said = incoming(await request.bytes(), headers.get('content-type') ?? '', {
    longestText: chat.options.messageLimit,
  })
  if ('refused' in said) throw new ChatError('invalid', { message: said.refused })
  const before = key === undefined ? undefined : await chat.doneBefore(hook.room, key)
  const { offset } = before ?? (await post(chat, hook, said, await labelOf(avatars, hook, said), key))
  return { room: hook.room, offset }
}

/** @throws ChatError `invalid` */
function keyOf({ id }: IncomingHook, header: string | null): string | undefined {
  if (header === null) return undefined
  if (header.length > longestKey)
    throw new ChatError('invalid', { message: `An Idempotency-Key has at most ${longestKey} characters` })
  return `${id}/${createHash('sha256').update(header).digest('base64url')}`
}

/** How the message wants to be shown, if it says so. */
async function labelOf(
  avatars: Avatars,
  hook: IncomingHook,
  { name, avatar }: IncomingMessage,
): Promise<MessageEvent['as']> {
  const file = avatar === undefined ? undefined : await avatars.of(hook.id, avatar)
  if (name === undefined && file === undefined) return undefined
  return { name: name ?? hook.name, ...(file !== undefined && { avatar: file }) }
}

async function post(
  chat: Chat,
  hook: IncomingHook,
  { text }: IncomingMessage,
  as: MessageEvent['as'],
  key: string | undefined,
): Promise<Published> {
  const { room, bot } = hook
  const person = findPerson(chat, bot)
  const id = key === undefined ? chat.newId() : key.slice(-43)
  const { standing } = standingOf(chat, room, { id: bot, admin: false })
  if (standing.archived) throw new ChatError('archived')
  const whom = whomMentions(chat, room, bot, { said: text, standing: { ...standing, role: 'member' } }) // some, never all
  const event: MessageEvent = { type: 'message', by: bot, time: chat.now(), id, text, ...whom, ...(as && { as }) }
  const done = await chat.add({ room, event, key, guards: [stillThere(hook)] }, person)
  if (done === undefined) throw new ChatError('gone', { message: 'The webhook was removed, or its room archived' })
  return done
}

const stillThere = ({ id }: IncomingHook): Statement => ({
  sql: 'SELECT 1 FROM chat_webhooks h JOIN chat_rooms r ON r.id = h.room WHERE h.id = ? AND r.archived = 0',
  params: [id],
  guard: 'changed',
})

const longestKey = 255

const describe = (): ApiPart => ({
  tags: [{ name: 'Chat: webhooks' }],
  paths: {
    '/hooks/{token}': {
      post: {
        operationId: 'hook',
        tags: ['Chat: webhooks'],
        summary: 'Posts into the room of a webhook: whoever has the URL may.',
        description:
          'The body may also be the text itself, a form, or what Slack, Mattermost and Discord take. With an `Idempotency-Key` it is posted once, however often it is sent.',
        security: [],
        parameters: [
          { name: 'token', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'Idempotency-Key', in: 'header', schema: { type: 'string', maxLength: longestKey } },
        ],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/chat_hook_request' } } },
        },
        responses: {
          '200': {
            description: 'It stands in the room.',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/chat_hook_result' } } },
          },
          default: {
            description: 'It is refused; the error says why, and what to do.',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/ChatError' } } },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      chat_hook_request: {
        type: 'object',
        properties: {
          text: { type: 'string', description: 'Markdown.' },
          name: { type: 'string', description: 'How the message is signed; it is a label.' },
          avatar: { type: 'string', description: 'The https URL of a picture, which the server fetches and keeps.' },
        },
        required: ['text'],
      },
      chat_hook_result: {
        type: 'object',
        properties: { room: { type: 'string' }, offset: { type: 'integer', description: 'Where the message stands.' } },
        required: ['room', 'offset'],
      },
    },
  },
})
