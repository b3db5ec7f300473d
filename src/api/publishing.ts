/** The methods of the server API that publish. */
import { z } from 'zod'
import type { PublishOptions } from '../core/node.ts'
import type { Draft, Position } from '../core/publication.ts'
import { errors } from '../core/errors.ts'
import { encodeError } from './errors.ts'
import { base64, type Call, channel, maybe, method, payload, raw, shortText, uint } from './method.ts'

const publishing = {
  data: raw,
  b64data: base64,
  skip_history: maybe(z.boolean()).describe('Deliver it to who is there, and keep it not.'),
  delta: maybe(z.boolean()).describe('Send it as the difference to the one before, to clients that can read that.'),
  tags: maybe(z.record(z.string(), z.string())).describe('Texts by name, which go with the publication.'),
  idempotency_key: shortText(256).describe('With a key that was used before, nothing is published again.'),
  version: maybe(uint).describe('With a version that is not above the last one of the channel, nothing is published.'),
  version_epoch: shortText(256).describe('Versions are compared within one of these.'),
}

/** Channels of one broadcast. */
const broadcastLimit = 10_000
/** Of them published at a time. */
const broadcastStep = 500

export const publish = method(z.object({ channel, ...publishing }), async (call) => {
  const { position } = await call.node.publish(call.params.channel, draft(call), options(call.params))
  return encodePosition(position)
})

export const broadcast = method(
  z.object({
    channels: z.array(channel).min(1).max(broadcastLimit).describe('The names of the channels.'),
    ...publishing,
  }),
  async (call) => {
    const content = draft(call)
    const responses: string[] = []
    const { channels } = call.params
    for (let at = 0; at < channels.length; at += broadcastStep) {
      const some = channels.slice(at, at + broadcastStep)
      const outcomes = some.map((name) => call.node.publish(name, content, options(call.params)))
      for (const outcome of await Promise.allSettled(outcomes)) {
        if (outcome.status === 'fulfilled') responses.push(`{"result":${encodePosition(outcome.value.position)}}`)
        else responses.push(`{"error":${encodeError(call.node, outcome.reason)}}`)
      }
    }
    return `{"responses":[${responses.join(',')}]}`
  },
)

type Publishing = z.output<z.ZodObject<typeof publishing>>

function draft(call: Call<Publishing>): Draft {
  const data = payload(call, 'data', call.params.b64data)
  if (data === undefined && call.params.data !== null) throw errors.badRequest()
  return { data: data ?? 'null', tags: call.params.tags }
}

function options(params: Publishing): PublishOptions {
  return {
    skipHistory: params.skip_history,
    delta: params.delta,
    idempotencyKey: params.idempotency_key,
    version: params.version || undefined,
    versionEpoch: params.version_epoch,
  }
}

function encodePosition({ epoch, offset }: Position): string {
  return offset === 0 ? '{}' : `{"offset":${offset},"epoch":${JSON.stringify(epoch)}}`
}
