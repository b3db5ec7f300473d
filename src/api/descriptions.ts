/**
 * What each method is for, what it answers, and an example that works on a
 * server as it comes. The document (`openapi.ts`) is made of these and of the
 * schemas that the methods check their parameters with; a test runs the examples.
 */
import { z } from 'zod'

export interface Description {
  readonly group: 'Publishing' | 'Users' | 'Channels' | 'Server'
  readonly summary: string
  readonly more?: string
  readonly result: z.ZodType
  readonly example: unknown
}

const count = z.int().min(0)
const any = z.unknown().describe('JSON, as it was written.')

const position = z.object({
  offset: count.optional().describe('The place of the publication in its channel; absent where nothing is kept.'),
  epoch: z.string().optional().describe('Which log the offset is of: it changes when a channel begins anew.'),
})

const nothing = z.object({}).describe('Nothing; it is done.')

const error = z.object({ code: z.int(), message: z.string() })

const clientInfo = z.object({
  user: z.string(),
  client: z.string().describe('The id of the connection.'),
  conn_info: any.optional(),
  chan_info: any.optional(),
})

const publication = z.object({
  data: any,
  offset: count.optional(),
  tags: z.record(z.string(), z.string()).optional(),
  info: clientInfo.optional().describe('The client that published it, if it was one.'),
})

const node = z.object({
  uid: z.string(),
  name: z.string(),
  version: z.string(),
  num_clients: count,
  num_users: count,
  num_subs: count,
  num_channels: count,
  uptime: count.describe('Seconds.'),
})

export const descriptions: ReadonlyMap<string, Description> = new Map<string, Description>([
  [
    'publish',
    {
      group: 'Publishing',
      summary: 'Publish to a channel',
      more: 'One of `data` and `b64data` must be there. It is answered when the publication is safe on disk; in a channel without history, when it is handed on.',
      result: position,
      example: { channel: 'public:lobby', data: { text: 'hello' } },
    },
  ],
  [
    'broadcast',
    {
      group: 'Publishing',
      summary: 'Publish the same to many channels',
      more: 'Each channel has an answer of its own, in the order of `channels`.',
      result: z.object({
        responses: z.array(z.union([z.object({ result: position }), z.object({ error })])),
      }),
      example: { channels: ['public:lobby', 'public:news'], data: { text: 'hello, all' } },
    },
  ],
  [
    'history',
    {
      group: 'Channels',
      summary: 'Read what a channel remembers',
      more: 'To read on, ask again with the position of the last publication as `since`.',
      result: z.object({ publications: z.array(publication), epoch: z.string(), offset: count }),
      example: { channel: 'public:lobby', limit: 10 },
    },
  ],
  [
    'history_remove',
    {
      group: 'Channels',
      summary: 'Forget what a channel remembers',
      result: nothing,
      example: { channel: 'public:old' },
    },
  ],
  [
    'presence',
    {
      group: 'Channels',
      summary: 'Who is in a channel',
      result: z.object({ presence: z.record(z.string(), clientInfo).describe('By client id.') }),
      example: { channel: 'public:lobby' },
    },
  ],
  [
    'presence_stats',
    {
      group: 'Channels',
      summary: 'How many are in a channel',
      result: z.object({ num_clients: count, num_users: count }),
      example: { channel: 'public:lobby' },
    },
  ],
  [
    'channels',
    {
      group: 'Channels',
      summary: 'The channels that somebody is subscribed to',
      result: z.object({ channels: z.record(z.string(), z.object({ num_clients: count })) }),
      example: { pattern: 'public:*' },
    },
  ],
  [
    'subscribe',
    {
      group: 'Users',
      summary: 'Subscribe the connections of a user',
      more: 'The clients are told, and need not ask. Connections that are subscribed already stay as they are.',
      result: nothing,
      example: { user: '42', channel: 'public:news' },
    },
  ],
  [
    'unsubscribe',
    {
      group: 'Users',
      summary: 'End subscriptions of a user',
      result: nothing,
      example: { user: '42', channel: 'public:news' },
    },
  ],
  [
    'disconnect',
    {
      group: 'Users',
      summary: 'End the connections of a user',
      more: 'Codes from 3500 to 3999 and from 4500 to 4999 tell clients to stay away, the others to come back.',
      result: nothing,
      example: { user: '42', disconnect: { code: 4500, reason: 'signed out' } },
    },
  ],
  [
    'refresh',
    {
      group: 'Users',
      summary: 'Move the end of the connections of a user',
      result: nothing,
      example: { user: '42', expire_at: 4_102_444_800 },
    },
  ],
  [
    'info',
    {
      group: 'Server',
      summary: 'What this server is and has to do',
      result: z.object({ nodes: z.array(node) }),
      example: {},
    },
  ],
])

/** Not a method of its own: several in one request. */
export const batch = {
  group: 'Server',
  summary: 'Several commands in one request',
  more: 'Each has a reply, in order: the result under the name of the method, or an error. They run one after the other, or with `parallel` side by side.',
  params: z.object({
    commands: z
      .array(z.record(z.string(), z.unknown()))
      .describe('Each an object with one key: the method, and what it takes.'),
    parallel: z.boolean().default(false),
  }),
  result: z.object({ replies: z.array(z.record(z.string(), z.unknown())) }),
  example: { commands: [{ publish: { channel: 'public:lobby', data: 1 } }, { history: { channel: 'public:lobby' } }] },
} as const
