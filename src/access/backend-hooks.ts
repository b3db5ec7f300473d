/**
 * The hooks of the core, fulfilled by asking a backend: what each question says,
 * and how its answer is read. Source: protocol section 24.
 */
import * as z from 'zod'
import type { Identity, SubscriptionGrant } from '../core/auth.ts'
import type { Client } from '../core/client.ts'
import { disconnects, errors } from '../core/errors.ts'
import type { Hooks, PublishGrant, Renewal } from '../core/hooks.ts'
import type { Payload } from '../core/publication.ts'
import { rawMembers } from '../protocol/json-text.ts'
import { told } from '../protocol/payload.ts'
import type { Answered, Backend } from './backend.ts'
import { grantSchema, payloadOf, readGrant, readSubs } from './grant.ts'

/** Who is asked about what; undefined where nobody is. Of a channel, or a method, by its name. */
export interface Backends {
  readonly connect: Backend | undefined
  readonly refresh: Backend | undefined
  readonly subscribe: ((channel: string) => Backend | undefined) | undefined
  readonly publish: ((channel: string) => Backend | undefined) | undefined
  readonly subRefresh: ((channel: string) => Backend | undefined) | undefined
  /** @throws ClientError 104, 108 */
  readonly rpc: ((method: string) => Backend) | undefined
  readonly all: readonly Backend[]
}

export function backendHooks({ connect, refresh, subscribe, publish, subRefresh, rpc, all }: Backends): Hooks {
  return {
    keeps: {
      headers: new Set(all.flatMap(({ options }) => options.headers)),
      emulated: new Set(all.flatMap(({ options }) => options.emulated)),
    },
    ...(connect && {
      connect: (request) => {
        const { name, version, channels } = request
        const question = {
          ...text({ client: request.client, transport: request.transport, protocol: request.protocol }),
          encoding: encoding(connect),
          ...payload(connect, request.data),
          ...(name !== '' && text({ name })),
          ...(version !== '' && text({ version })),
          ...(channels.length > 0 && { channels: JSON.stringify(channels) }),
        }
        return connect.ask(object(question), request, readIdentity)
      },
    }),
    ...(refresh && { refresh: (client) => refresh.ask(object(about(refresh, client)), client.entrance, readRenewal) }),
    ...(subscribe && {
      subscribe: (client, { channel, data }) => {
        const backend = subscribe(channel)
        if (backend === undefined) return undefined
        const question = { ...about(backend, client), ...text({ channel }), ...payload(backend, data) }
        return backend.ask(object(question), client.entrance, readSubscription)
      },
    }),
    ...(publish && {
      publish: (client, { channel, data }) => {
        const backend = publish(channel)
        if (backend === undefined) return undefined
        const question = { ...about(backend, client), ...text({ channel }), ...payload(backend, data) }
        return backend.ask(object(question), client.entrance, readPublication)
      },
    }),
    ...(subRefresh && {
      renews: (channel) => subRefresh(channel) !== undefined,
      subRefresh: async (client, channel) => {
        const backend = subRefresh(channel)
        if (backend === undefined) throw errors.notAvailable()
        const question = { ...about(backend, client), ...text({ channel }) }
        return backend.ask(object(question), client.entrance, readRenewal)
      },
    }),
    ...(rpc && {
      call: (client, method, data) => {
        const backend = rpc(method)
        const question = { ...about(backend, client), ...text({ method }), ...payload(backend, data) }
        return backend.ask(object(question), client.entrance, readCall)
      },
    }),
  }
}

// --- questions: JSON texts by name, so that payloads go out as they came ----------

type Members = Readonly<Record<string, string>>

function about(backend: Backend, { id, user, meta, entrance }: Client): Members {
  return {
    ...text({ client: id, transport: entrance.transport, protocol: entrance.protocol }),
    encoding: encoding(backend),
    ...text({ user }),
    ...(backend.options.withMeta && typeof meta === 'string' && { meta }),
  }
}

function encoding({ options }: Backend): string {
  return options.binary ? '"binary"' : '"json"'
}

function text(values: Readonly<Record<string, string>>): Members {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]))
}

function payload({ options }: Backend, data: Payload | undefined): Members {
  if (data === undefined) return {}
  if (typeof data === 'string' && !options.binary) return { data }
  return { b64data: JSON.stringify(Buffer.from(data).toString('base64')) }
}

function object(members: Members): string {
  const list = Object.entries(members).map(([name, value]) => `${JSON.stringify(name)}:${value}`)
  return `{${list.join(',')}}`
}

// --- answers ----------------------------------------------------------------------

/** Bytes that are JSON are told as JSON: not every client can be told bytes. */
function given(json: string | undefined, base64: string | null | undefined): Payload | undefined {
  return told(payloadOf(json, base64), deepest)
}

const deepest = 128 // levels of nesting, as in an answer itself

const seconds = z.int().min(0).nullish() // 0, as much as nothing, is never

const identitySchema = z.object({
  user: z.string().nullish(),
  expire_at: seconds,
  b64info: z.base64().nullish(),
  b64data: z.base64().nullish(),
  channels: z.array(z.string()).nullish(),
  subs: z.looseObject({}).nullish(),
  meta: z.looseObject({}).nullish(),
})

function readIdentity(answered: Answered): Identity {
  if (answered === undefined) throw disconnects.badRequest() // the backend does not know who this is
  const { user, expire_at, b64info, b64data, channels } = identitySchema.parse(answered.value)
  const written = rawMembers(answered.text)
  const subs = readSubs(channels ?? [], written.get('subs'))
  if (subs === undefined) throw new Error('"subs" must say what holds for each channel')
  return {
    user: user ?? '',
    expireAt: expire_at || undefined,
    info: given(written.get('info'), b64info),
    data: given(written.get('data'), b64data),
    meta: given(written.get('meta'), undefined),
    subs,
  }
}

const renewalSchema = z.object({
  expired: z.boolean().nullish(),
  expire_at: seconds,
  b64info: z.base64().nullish(),
  meta: z.looseObject({}).nullish(),
})

function readRenewal(answered: Answered): Renewal {
  if (answered === undefined) return { expired: true }
  const { expired, expire_at, b64info } = renewalSchema.parse(answered.value)
  if (expired === true) return { expired }
  const written = rawMembers(answered.text)
  return {
    expired: false,
    expireAt: expire_at || undefined,
    info: given(written.get('info'), b64info),
    meta: given(written.get('meta'), undefined),
  }
}

const subscriptionSchema = grantSchema.extend({ expire_at: seconds })

function readSubscription(answered: Answered): SubscriptionGrant {
  if (answered === undefined) throw errors.permissionDenied()
  const { expire_at } = subscriptionSchema.parse(answered.value)
  return { ...readGrant(answered.value, answered.text), expireAt: expire_at || undefined }
}

const publicationSchema = z.object({
  b64data: z.base64().nullish(),
  skip_history: z.boolean().nullish(),
  delta: z.boolean().nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
  idempotency_key: z.string().max(256).nullish(),
  version: z.int().min(0).nullish(),
  version_epoch: z.string().max(256).nullish(),
})

function readPublication(answered: Answered): PublishGrant {
  if (answered === undefined) throw errors.permissionDenied()
  const said = publicationSchema.parse(answered.value)
  return {
    data: given(rawMembers(answered.text).get('data'), said.b64data),
    skipHistory: said.skip_history ?? undefined,
    delta: said.delta ?? undefined,
    tags: said.tags ?? undefined,
    idempotencyKey: said.idempotency_key || undefined,
    version: said.version || undefined,
    versionEpoch: said.version_epoch ?? undefined,
  }
}

const callSchema = z.object({ b64data: z.base64().nullish() })

function readCall(answered: Answered): Payload | undefined {
  if (answered === undefined) return undefined
  return given(rawMembers(answered.text).get('data'), callSchema.parse(answered.value).b64data)
}
