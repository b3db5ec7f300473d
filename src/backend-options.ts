/**
 * The part of the table that says which backend is asked about what: the words
 * of Centrifugo v6, which calls them proxies. What they mean is in `access/backend.ts`.
 */
import * as z from 'zod'
import { about, duration, flag, headerNames, json, section, text, webAddress } from './option-kinds.ts'

const transforms = z.array(
  z
    .object({
      status_code: z.int().min(100).max(599),
      to_error: z
        .object({ code: z.int().min(1), message: z.string().default(''), temporary: z.boolean().default(false) })
        .optional(),
      to_disconnect: z.object({ code: z.int().min(3000).max(4999), reason: z.string().default('') }).optional(),
    })
    .refine(({ to_error, to_disconnect }) => to_error !== undefined || to_disconnect !== undefined),
)

const backendOptions = {
  endpoint: webAddress('Where the backend answers: it is sent a POST with JSON.'),
  timeout: duration('1s', 'How long an answer may take. Until then only the connection that it is about waits.'),
  http_headers: headerNames(
    'Headers of the HTTP request of the client that are handed on to the backend. They are to be trusted only as far as a proxy in front sets them.',
  ),
  emulated_headers: headerNames(
    'Headers that the client wrote into its connect command and that are handed on. Nobody but the client vouches for them; where `http_headers` has the same name, that one goes first.',
  ),
  binary_encoding: flag(false, 'Hand on payloads in base 64, as `b64data`, whatever they are.'),
  include_connection_meta: flag(false, 'Tell the `meta` of the connection.'),
  http: section(
    z.object({
      static_headers: json(z.record(headerName(), z.string()), {
        meaning: 'Headers that are sent with each question, such as a secret that the backend checks.',
        allowed: 'a table of headers (in the environment as JSON)',
        default: '{}',
        secret: true,
      }),
      status_to_code_transforms: json(transforms, {
        meaning:
          'What a status other than 200 means: `[{"status_code": 404, "to_error": {"code": 404, "message": "not found"}}]`, or `to_disconnect` with `code` and `reason`. Others are an error that passes (100).',
        allowed: 'a list of statuses, each with to_error or to_disconnect (in the environment as JSON)',
        default: '[]',
      }),
    }),
  ),
}

function headerName() {
  return z.string().regex(/^[!#$%&'*+\-.^_`|~\w]+$/)
}

const backendName = /^[-a-zA-Z0-9_.]{2,}$/

/** One that is asked as soon as it has an address. */
const backend = () => section(z.object(backendOptions))

/** One that is switched on by itself. */
const switchable = (meaning: string) =>
  section(z.object({ enabled: flag(false, meaning), ...backendOptions }).superRefine(hasEndpoint))

function hasEndpoint({ enabled, endpoint }: { enabled: boolean; endpoint: string }, context: z.RefinementCtx) {
  if (enabled && endpoint === '')
    context.addIssue({ code: 'custom', path: ['endpoint'], message: 'is missing: where does the backend answer?' })
}

export const clientProxy = z.object({
  connect: switchable('Ask the backend who a client is that brings no token.'),
  refresh: switchable('Ask the backend whether a connection that expires goes on. Clients bring no new tokens then.'),
})

export const channelProxy = z.object({ subscribe: backend(), publish: backend(), sub_refresh: backend() })

/** Beside the other options of a namespace. */
export const namespaceProxies = {
  subscribe_proxy_enabled: flag(false, 'Ask the backend whether a client may subscribe, and with what.'),
  subscribe_proxy_name: name(),
  publish_proxy_enabled: flag(false, 'Ask the backend whether a client may publish, and what it becomes.'),
  publish_proxy_name: name(),
  sub_refresh_proxy_enabled: flag(
    false,
    'Ask the backend whether a subscription that expires goes on. Clients bring no new tokens for it then.',
  ),
  sub_refresh_proxy_name: name(),
}

const ofMethods = {
  proxy_enabled: flag(false, 'Answer calls by asking the backend.'),
  proxy_name: name(),
}

function name() {
  return text('default', 'The backend that is asked: `default`, or the name of one in `proxies`.')
}

export const rpc = z.object({
  proxy: backend(),
  without_namespace: section(z.object(ofMethods)),
  namespaces: z
    .array(
      z.object({ name: text('', 'The text before the first `:` of a method.', backendName, 'a name'), ...ofMethods }),
    )
    .default([])
    .register(about, {
      meaning: 'Families of methods that clients call; in the environment a list in JSON.',
      allowed: 'a list of namespaces (in the environment and on the command line as JSON)',
      default: '[]',
      secret: false,
      flag: false,
    }),
  namespace_boundary: text(
    ':',
    'What stands between the namespace and the rest of the name of a method.',
    /./,
    'text, in quotes, and not empty',
  ),
})

export const proxies = z
  .array(
    z
      .object({
        name: text('', 'What namespaces call it.', backendName, 'at least two letters, digits, "-", "_" or "."'),
        ...backendOptions,
      })
      .superRefine(({ endpoint }, context) => hasEndpoint({ enabled: true, endpoint }, context)),
  )
  .default([])
  .register(about, {
    meaning: 'Backends by name, where different ones answer for different namespaces.',
    allowed: 'a list of backends (in the environment as JSON)',
    default: '[]',
    secret: true, // it holds those of `http.static_headers`
    flag: false,
  })
  .superRefine((all, context) => {
    for (const [index, each] of all.entries())
      if (each.name === 'default' || all.findIndex((other) => other.name === each.name) < index)
        context.addIssue({ code: 'custom', path: [index, 'name'], message: `"${each.name}" is taken` })
  })

export type BackendConfig = z.infer<z.ZodObject<typeof backendOptions>>
