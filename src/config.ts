/**
 * Every option there is: its name, its default, what it may be and what it
 * means, in one table. The type `Config`, the checks, the environment
 * variables, the flags, `posthouse config` and the reference are derived from it.
 *
 * Options that Centrifugo v6 has carry its names and its structure, so that its
 * configuration file starts Posthouse; where a default differs, the meaning
 * says so. Durations are read into milliseconds.
 */
import * as z from 'zod'
import { chatSection } from './chat-section.ts'
import { clientProxy, proxies, rpc } from './backend-options.ts'
import { channel } from './channel-options.ts'
import { missingBackends } from './missing-backends.ts'
import {
  about,
  addresses,
  choice,
  duration,
  flag,
  list,
  pattern,
  pem,
  secret,
  section,
  text,
  webAddress,
  wholeNumber,
  type About,
} from './option-kinds.ts'

const token = {
  hmac_secret_key: secret(
    'The secret that your backend signs tokens with (HS256, HS384, HS512). Without one, the first start makes one and keeps it in the data folder.',
  ),
  hmac_previous_secret_key: secret(
    'The secret before the present one: tokens signed with it are good, too, while clients change over.',
  ),
  hmac_previous_secret_key_valid_until: wholeNumber(
    0,
    'From when on the previous secret is no longer good, in seconds since 1970. 0 for no end.',
  ),
  rsa_public_key: pem('RSA', 'The public key of tokens signed with RS256, RS384 or RS512.'),
  ecdsa_public_key: pem('EC', 'The public key of tokens signed with ES256, ES384 or ES512; its curve decides which.'),
  eddsa_public_key: pem(
    'OKP',
    'The public key of tokens signed with EdDSA (Ed25519). Centrifugo takes such keys in a key set only.',
  ),
  jwks_public_endpoint: webAddress(
    'Where the public keys of an identity provider are (a JSON Web Key Set). A token names its key by `kid`; one that is not known yet is looked up there, at most every 5 s.',
  ),
  audience: text('', 'What a token must name in its claim `aud`. Empty for anything.'),
  audience_regex: pattern('What the claim `aud` must match, where one fixed value is too little.'),
  issuer: text('', 'What a token must name in its claim `iss`. Empty for anything.'),
  issuer_regex: pattern('What the claim `iss` must match, where one fixed value is too little.'),
  user_id_claim: text('', 'The claim that holds the user, if it is not `sub`.'),
}

/** Each of them is enough to verify a token. */
const keyOptions = [
  'hmac_secret_key',
  'rsa_public_key',
  'ecdsa_public_key',
  'eddsa_public_key',
  'jwks_public_endpoint',
] as const

/** A fixed value or a pattern; of both, one would be passed over. */
function checkToken(options: z.infer<z.ZodObject<typeof token>>, context: z.RefinementCtx) {
  for (const name of ['audience', 'issuer'] as const)
    if (options[name] !== '' && options[`${name}_regex`] !== undefined)
      context.addIssue({ code: 'custom', path: [`${name}_regex`], message: `must not be there together with ${name}` })
}

const personalChannel = {
  enabled: flag(false, 'Subscribe each user that connects to the channel of its own, `#<user>`.'),
  personal_channel_namespace: text('', 'The namespace of that channel: `<namespace>:#<user>`.'),
}

const tls = z
  .object({
    enabled: flag(false, 'Speak HTTPS and WSS, and nothing unencrypted.'),
    cert_pem: text('', 'The certificate, with those that lead to it: PEM, PEM in base 64, or the path of a file.'),
    key_pem: secret('The key of the certificate: PEM, PEM in base 64, or the path of a file.', 1),
    client_ca_pem: text(
      '',
      'Let only those connect whose certificate is signed by this one: PEM, PEM in base 64, or the path of a file. Empty for everybody.',
    ),
  })
  .superRefine(({ enabled, cert_pem, key_pem }, context) => {
    const missing = [...(cert_pem === '' ? ['cert_pem'] : []), ...(key_pem === undefined ? ['key_pem'] : [])]
    if (!enabled) return
    for (const name of missing)
      context.addIssue({ code: 'custom', path: [name], message: 'is missing: tls.enabled asks for it' })
  })

const client = z
  .object({
    token: section(
      z
        .object({
          ...token,
          cookie: text(
            '',
            'The name of a cookie that may hold a connection token: it is taken where a request brings no other, on all ways in. Only for pages of this server and of origins that `client.allowed_origins` names; a page that is let in by `*` comes without its cookies. Not in Centrifugo.',
            /^[!#$%&'*+\-.^_`|~\w]*$/,
            'the name of a cookie, or empty for none',
          ),
        })
        .superRefine(checkToken),
    ),
    subscription_token: section(
      z
        .object({
          enabled: flag(
            false,
            'Check subscription tokens by the settings of this section, and not by those of `client.token`.',
          ),
          ...token,
        })
        .superRefine(checkToken)
        .superRefine(({ enabled, ...options }, context) => {
          if (enabled && !keyOptions.some((name) => options[name]))
            context.addIssue({
              code: 'custom',
              path: ['hmac_secret_key'],
              message: 'is missing: subscription_token.enabled asks for a secret or a public key of its own',
            })
        }),
    ),
    proxy: section(clientProxy),
    proxy_concurrency_limit: wholeNumber(
      100,
      'Questions that may be open to one backend at a time; a client with one more is told to try later (111). Not in Centrifugo.',
      { min: 1, max: 250 },
    ),
    allowed_origins: list(
      'Origins whose pages may connect (`https://app.example.com`, `https://*.example.com`, or `*` for all), besides pages of this very host.',
    ),
    allow_anonymous_connect_without_token: flag(
      false,
      'Let clients without a token in, as nobody in particular. On where no configuration file says anything of clients or channels.',
    ),
    disallow_anonymous_connection_tokens: flag(false, 'Refuse tokens that name no user.'),
    insecure: flag(false, 'Check nothing: all clients may do everything. Never where strangers can reach the server.'),
    ping_interval: duration('25s', 'How often a client is pinged.', { none: true, step: 1000 }),
    pong_timeout: duration('8s', 'How long a client may take to answer a ping; shorter than `ping_interval`.', {
      none: true,
    }),
    stale_close_delay: duration('10s', 'How long a connection may wait before it says who it is.'),
    expired_close_delay: duration('25s', 'How long a connection outlives its token, to bring a new one.'),
    expired_sub_close_delay: duration('25s', 'How long a subscription outlives its token, to bring a new one.'),
    channel_limit: wholeNumber(128, 'Channels that one connection may be subscribed to.', { min: 1 }),
    user_connection_limit: wholeNumber(0, 'Connections that one user may have. 0 for no limit.'),
    connection_limit: wholeNumber(
      0,
      'Connections at a time. 0 for as many as the process may have open files, less some to spare.',
    ),
    connection_rate_limit: wholeNumber(0, 'New connections a second. 0 for no limit.'),
    queue_max_size: wholeNumber(
      1_048_576,
      'Bytes that may wait for a client that reads slowly; with more it is disconnected (3008) and recovers.',
      { min: 1024 },
    ),
    command_queue_limit: wholeNumber(
      20_000,
      'Commands of one connection that may wait to be handled; with more it is disconnected (3013). Long before that its socket is no longer read.',
      { min: 1 },
    ),
    catch_up_max_size: wholeNumber(
      1_048_576,
      'Bytes of new publications that are held for a subscriber that is still reading history; with more it reads on from the store.',
      { min: 1024 },
    ),
    publish_rate_limit: wholeNumber(
      0,
      'Publications a second that one connection may make; with more it is told to try later (111). 0 for no limit; 20 where no configuration file says anything of clients or channels.',
    ),
    history_max_publication_limit: wholeNumber(300, 'Publications that a client gets by one history command.', {
      min: 1,
    }),
    recovery_max_publication_limit: wholeNumber(
      300,
      'Publications that a client may have missed and still be given all of them when it comes back.',
      { min: 1 },
    ),
    channel_position_check_delay: duration(
      '40s',
      'How often it is checked that nothing was lost on the way to the subscribers of a channel.',
    ),
    subscribe_to_user_personal_channel: section(z.object(personalChannel)),
  })
  .superRefine(({ ping_interval, pong_timeout }, context) => {
    if (ping_interval > 0 && pong_timeout >= ping_interval)
      context.addIssue({ code: 'custom', path: ['pong_timeout'], message: 'must be shorter than ping_interval' })
  })

function streaming(what: string, name: string) {
  return z.object({
    enabled: flag(true, `Answer at \`/connection/${name}\`: ${what}. Off by default in Centrifugo.`),
    max_request_body_size: bodySize('the request that opens one'),
  })
}

function bodySize(what: string) {
  return wholeNumber(65_536, `Bytes that ${what} may have.`, { min: 256 })
}

export const configSchema = z
  .object({
    http_server: section(
      z.object({
        address: text('', 'The address to listen on. Empty for all.'),
        port: wholeNumber(8000, 'The port to listen on. 0 for any that is free.', { max: 65_535 }),
        tls: section(tls),
        trusted_proxies: addresses(
          'The proxies in front of the server: only of them is it believed on whose behalf they ask (`X-Forwarded-For`), and by which name and whether by TLS they were asked (`X-Forwarded-Host`, `X-Forwarded-Proto`). Not in Centrifugo.',
        ),
      }),
    ),
    data: section(
      z.object({
        dir: text('./data', 'The folder of the database and the generated secrets.', /./, 'the path of a folder'),
        memory: flag(
          false,
          'Keep everything in memory and nothing in the folder: what was said, and the generated secrets, are gone when the server ends.',
        ),
      }),
    ),
    client: section(client),
    channel: section(channel),
    rpc: section(rpc),
    proxies,
    http_api: section(
      z.object({
        disabled: flag(false, 'No server API.'),
        key: secret(
          'The key of the server API. Without one, the first start makes one and keeps it in the data folder.',
        ),
        insecure: flag(
          false,
          'Let the server API be used without its key. Never where strangers can reach the server.',
        ),
        error_mode: choice(
          '',
          ['', 'transport'],
          '`transport`: errors of the server API have a status of their own and are not 200.',
        ),
        body_size_limit: wholeNumber(4_194_304, 'Bytes that the body of a request may have.', { min: 1024 }),
      }),
    ),
    websocket: section(
      z.object({
        disabled: flag(false, 'No WebSocket.'),
        message_size_limit: wholeNumber(
          65_536,
          'Bytes that a message of a client may have, after decompression; a larger one closes the connection (1009).',
          { min: 256 },
        ),
        compression: flag(false, 'Compress what is sent to clients that can read it. Costs much processor time.'),
        compression_min_size: wholeNumber(0, 'Bytes from which on a message is compressed.'),
      }),
    ),
    mailbox: section(
      z.object({
        disabled: flag(false, 'No mailboxes at `/u/{id}`.'),
        namespace: text(
          'user',
          'The namespace of mailboxes: that of a user is the channel `<namespace>:#<user>`. Its options say that users may read their own (`allow_user_limited_channels`), and how much is kept for how long.',
          /./,
          'the name of a namespace',
        ),
        allow_send_for_client: flag(
          false,
          'Users may send to each other, also where the namespace does not let them publish. On where no configuration file says anything of clients or channels.',
        ),
        open: flag(
          false,
          'Whoever brings no token is whom the address names, without proof: `/u/alice` just is alice, and everybody may send. For a network in which everybody may read and write everything.',
        ),
        receiver_limit: wholeNumber(100, 'Receivers that one message may have.', { min: 1 }),
        message_size_limit: wholeNumber(
          65_536,
          'Bytes that a message may have; a larger one is refused. On a WebSocket `websocket.message_size_limit` holds, too.',
          { min: 256 },
        ),
        poll_wait: duration('25s', 'How long a poll waits that does not say; 60s is the most that one can ask for.', {
          max: 60_000,
        }),
        delivery_wait: duration(
          '2s',
          'How long the answer to a sender waits for an open WebSocket of the receiver to prove that it has the message. Then the answer is `queued`.',
        ),
      }),
    ),
    http_stream: section(streaming('an answer that stays open', 'http_stream')),
    sse: section(streaming('server-sent events', 'sse')),
    emulation: section(z.object({ max_request_body_size: bodySize('what a client of `http_stream` or `sse` says') })),
    uni_websocket: section(
      z.object({
        enabled: flag(
          true,
          'Answer at `/connection/uni_websocket`: a WebSocket for those who only listen. Its messages may be as large as `websocket.message_size_limit`. Off by default in Centrifugo.',
        ),
        join_push_messages: flag(false, 'Several pushes may be one message, a line each.'),
      }),
    ),
    uni_sse: section(streaming('server-sent events for those who only listen', 'uni_sse')),
    uni_http_stream: section(streaming('an answer that stays open, for those who only listen', 'uni_http_stream')),
    channel_url: section(
      z.object({
        disabled: flag(false, 'No channel has a URL (`/c/<channel>`).'),
        long_poll_timeout: duration(
          '25s',
          'How long a reader that waits for what is new is kept waiting; it may ask for another time, up to 60 s.',
          { min: 1000 },
        ),
        heartbeat_interval: duration(
          '25s',
          'How often a reader of an event stream hears something, so that no proxy takes the connection for dead.',
          { min: 1000 },
        ),
      }),
    ),
    swagger: section(
      z.object({
        enabled: flag(
          true,
          'A page at `/docs` to read about the server API and to try it, and `/api/openapi.json`. Centrifugo has one at `/swagger`, off by default.',
        ),
      }),
    ),
    chat: section(chatSection),
    health: section(z.object({ enabled: flag(true, 'Answer at `/health`. Off by default in Centrifugo.') })),
    log: section(
      z.object({
        level: choice(
          'info',
          ['trace', 'debug', 'info', 'warn', 'error', 'none'],
          'The least that is worth a line in the log.',
        ),
      }),
    ),
    shutdown: section(
      z.object({
        timeout: duration(
          '8s',
          'How long the end may take. Below the 10 s after which containers are killed; Centrifugo has 30s.',
        ),
      }),
    ),
  })
  .superRefine((config, context) => {
    const { enabled, personal_channel_namespace: name } = config.client.subscribe_to_user_personal_channel
    const path = ['client', 'subscribe_to_user_personal_channel', 'personal_channel_namespace']
    if (enabled && name !== '' && !config.channel.namespaces.some((each) => each.name === name))
      context.addIssue({ code: 'custom', path, message: `"${name}" is no namespace of channel.namespaces` })
    for (const { path: place, message } of missingBackends(config))
      context.addIssue({ code: 'custom', path: [...place], message })
  })

export type Config = z.infer<typeof configSchema>
export type TokenOptions = Omit<Config['client']['token'], 'cookie'>

/** Whether an option is a list of tables, such as `channel.namespaces`. */
export function isTableList(path: string): boolean {
  return tableLists.has(path)
}

/** One row of the table. */
export interface Option extends About {
  readonly path: string // `client.token.audience`; `channel.namespaces[].presence` for what each namespace has
  readonly variable: string | undefined // of the environment; undefined inside of namespaces
}

/** The table, row by row, in its order. */
export const options: readonly Option[] = [...rows(configSchema, '')]

function* rows(schema: z.core.$ZodType, path: string): Generator<Option> {
  const words = about.get(schema)
  if (words !== undefined) yield { ...words, path, variable: path.includes('[]') ? undefined : variableOf(path) }
  const inner = unwrap(schema)
  if (inner instanceof z.ZodArray && inner.element instanceof z.ZodObject) yield* rows(inner.element, `${path}[]`)
  if (inner instanceof z.ZodObject)
    for (const [name, part] of Object.entries(inner.shape)) yield* rows(part, path === '' ? name : `${path}.${name}`)
}

const tableLists = new Set(options.filter(({ path }) => path.includes('[].')).map(({ path }) => path.split('[].')[0]))

/** What is inside of defaults and translations. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(schema.def.innerType)
  return schema instanceof z.ZodPipe ? unwrap(schema.def.out) : schema
}

/** The environment variable of an option: `client.token.audience` is `POSTHOUSE_CLIENT_TOKEN_AUDIENCE`. */
export function variableOf(path: string): string {
  return `POSTHOUSE_${path.replaceAll('.', '_').toUpperCase()}`
}
