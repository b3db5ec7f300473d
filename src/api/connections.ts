/** The methods of the server API that act on the connections of a user. */
import { z } from 'zod'
import type { Override } from '../core/auth.ts'
import { Disconnect, disconnects, unsubscribes } from '../core/errors.ts'
import type { Which } from '../core/node.ts'
import { plainRequest } from '../core/subscription.ts'
import { base64, channel, isWellFormed, maybe, method, payload, raw, shortText, since, uint, user } from './method.ts'
import { isJson } from '../protocol/json-text.ts'

const which = {
  client: shortText(256).describe('Only the connection with this client id.'),
  session: shortText(256).describe('Only the connection with this session.'),
}
const endsAt = maybe(uint).describe('When it ends, in seconds since 1970; 0 or absent for never.')
const flag = maybe(z.object({ value: z.boolean().default(false) }))
const override = maybe(
  z.object({
    presence: flag,
    join_leave: flag,
    force_push_join_leave: flag,
    force_recovery: flag,
    force_positioning: flag,
  }),
)

export const subscribe = method(
  z.object({
    user,
    channel,
    ...which,
    info: raw,
    b64info: base64,
    data: raw,
    b64data: base64,
    expire_at: endsAt,
    recover_since: maybe(since).describe('Continue from this position.'),
    override,
  }),
  async (call) => {
    const { params, node } = call
    const grant = {
      info: payload(call, 'info', params.b64info),
      data: payload(call, 'data', params.b64data),
      expireAt: params.expire_at === 0 ? undefined : params.expire_at,
      override: toOverride(params.override),
    }
    const request = { ...plainRequest, since: params.recover_since }
    await node.subscribe(params.user, params.channel, grant, params, request)
    return '{}'
  },
)

export const unsubscribe = method(z.object({ user, channel, ...which }), ({ node, params }) => {
  node.unsubscribe(params.user, params.channel, unsubscribes.server, params)
  return '{}'
})

export const disconnect = method(
  z.object({
    user,
    ...which,
    whitelist: maybe(z.array(z.string())).describe('Client ids of connections that stay.'),
    disconnect: maybe(
      z.object({
        // The ranges that the protocol leaves to servers and applications (section 12).
        code: z.int().min(3000).max(4999).default(3503),
        reason: z
          .string()
          .refine((reason) => Buffer.byteLength(reason) <= 123 && isWellFormed(reason), 'more than 123 bytes of UTF-8')
          .refine((reason) => !isJson(reason), 'JSON, which the SDKs would take for something else')
          .default(''),
      }),
    ),
  }),
  ({ node, params }) => {
    node.disconnect(params.user, toDisconnect(params.disconnect), {
      ...params,
      except: params.whitelist,
    } satisfies Which)
    return '{}'
  },
)

export const refresh = method(
  z.object({
    user,
    ...which,
    expired: maybe(z.boolean()).describe('End the connections, as if their time were over (3005).'),
    expire_at: endsAt,
    info: raw,
  }),
  (call) => {
    const { node, params } = call
    if (params.expired === true) node.disconnect(params.user, disconnects.connectionExpired(), params)
    else {
      const expireAt = params.expire_at === 0 ? undefined : params.expire_at
      node.refresh(params.user, expireAt, payload(call, 'info', undefined), params)
    }
    return '{}'
  },
)

function toDisconnect(given: { code: number; reason: string } | undefined): Disconnect {
  if (given === undefined) return disconnects.forceDisconnect()
  // An empty reason would make the SDKs come back, whatever the code says.
  return new Disconnect(given.code, given.reason === '' ? disconnects.forceDisconnect().reason : given.reason)
}

function toOverride(given: z.output<typeof override>): Override | undefined {
  return (
    given && {
      presence: given.presence?.value,
      joinLeave: given.join_leave?.value,
      forcePushJoinLeave: given.force_push_join_leave?.value,
      forceRecovery: given.force_recovery?.value,
      forcePositioning: given.force_positioning?.value,
    }
  )
}
