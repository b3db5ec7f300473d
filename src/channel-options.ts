/**
 * The part of the table that says what holds for channels. What the options of
 * a namespace mean to the server is in `core/rules.ts`.
 */
import * as z from 'zod'
import { channelProxy, namespaceProxies } from './backend-options.ts'
import { about, choice, choices, duration, flag, pattern, section, text, wholeNumber } from './option-kinds.ts'

const channelOptions = {
  history_size: wholeNumber(0, 'Publications that a channel remembers; -1 for all of them, 0 for no history.', {
    min: -1,
  }),
  history_ttl: duration(
    '0s',
    'How long a channel remembers a publication: a duration such as `300s`, `1h30m`, `720h`, or `forever`.',
    {
      none: true,
      forever: true,
      timer: false,
    },
  ),
  history_meta_ttl: duration(
    '0s',
    'How long after its last publication a channel with an empty history still knows where it was. 0 for `channel.history_meta_ttl`.',
    { none: true, forever: true, timer: false },
  ),
  force_positioning: flag(false, 'Every subscriber is told of gaps.'),
  allow_positioning: flag(false, 'A subscriber that asks is told of gaps.'),
  force_recovery: flag(false, 'Every subscriber that comes back gets what it missed.'),
  allow_recovery: flag(false, 'A subscriber that comes back and asks gets what it missed.'),
  force_recovery_mode: choice(
    '',
    ['', 'stream', 'cache'],
    '`stream`: what was missed, one by one. `cache`: only the last publication.',
  ),
  auto_cache_recover: flag(
    false,
    'Every subscriber gets the last publication at once, also one that comes for the first time or does not ask. Needs `force_recovery` and `force_recovery_mode: cache`.',
  ),
  allowed_delta_types: choices(
    ['fossil'],
    'Formats in which a subscriber may ask for patches in place of whole publications. Of use where the publications of a channel resemble each other.',
  ),
  delta_publish: flag(
    false,
    'Send each publication as a patch of the one before it to subscribers that negotiated deltas; otherwise only those published with `delta: true`.',
  ),
  allow_tags_filter: flag(false, 'A subscriber may say by their tags which publications it wants.'),
  presence: flag(false, 'Know who is subscribed, and tell.'),
  join_leave: flag(false, 'Publish who comes and goes, to subscribers that ask.'),
  force_push_join_leave: flag(false, 'Publish who comes and goes to every subscriber.'),
  allow_subscribe_for_client: flag(false, 'Clients may subscribe without a subscription token.'),
  allow_subscribe_for_anonymous: flag(false, 'So may anonymous ones.'),
  allow_publish_for_client: flag(false, 'Clients may publish, subscribed or not.'),
  allow_publish_for_anonymous: flag(false, 'So may anonymous ones.'),
  allow_publish_for_subscriber: flag(false, 'Clients may publish where they are subscribed.'),
  allow_history_for_client: flag(false, 'Clients may read history, subscribed or not.'),
  allow_history_for_anonymous: flag(false, 'So may anonymous ones.'),
  allow_history_for_subscriber: flag(false, 'Clients may read history where they are subscribed.'),
  allow_presence_for_client: flag(false, 'Clients may ask who is there, subscribed or not.'),
  allow_presence_for_anonymous: flag(false, 'So may anonymous ones.'),
  allow_presence_for_subscriber: flag(false, 'Clients may ask who is there where they are subscribed.'),
  allow_manage_for_client: flag(
    false,
    'Clients may create, close and delete channels at their URLs (`/c/<channel>`); otherwise only whoever has the API key.',
  ),
  allow_manage_for_anonymous: flag(false, 'So may anonymous ones.'),
  require_creation: flag(
    false,
    'A channel has a URL (`/c/<channel>`) only after it was created there with PUT, and until then answers 404.',
  ),
  allow_user_limited_channels: flag(
    false,
    'Users may subscribe to channels that name them: `<namespace>:<rest>#<user>,<user>`.',
  ),
  ...namespaceProxies,
  channel_regex: pattern(
    'What the part of a channel name after the namespace must match; lifts the rule that names are ASCII. Clients choose the names, so write none that takes long to fail.',
  ),
  publication_data_format: choice(
    '',
    ['', 'json', 'json_object', 'binary'],
    'What may be published: anything but nothing (empty), JSON, a JSON object, any bytes. Empty for `channel.publication_data_format`.',
  ),
}

/** What one option of a family of channels asks of another. */
function checkHistory(options: z.infer<z.ZodObject<typeof channelOptions>>, context: z.RefinementCtx) {
  const { history_size, history_ttl, history_meta_ttl, force_recovery, force_recovery_mode, auto_cache_recover } =
    options
  const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
  if (history_size !== 0 && history_ttl === 0)
    wrong('history_ttl', 'is missing: with history_size, say how long, or "forever"')
  if (history_size === 0 && history_ttl !== 0)
    wrong('history_size', 'is missing: with history_ttl, say how many, or -1 for all')
  if (history_meta_ttl !== 0 && history_meta_ttl < history_ttl)
    wrong('history_meta_ttl', 'must not be shorter than history_ttl')
  if (auto_cache_recover && !(force_recovery && force_recovery_mode === 'cache'))
    wrong('auto_cache_recover', 'needs force_recovery and force_recovery_mode "cache"')
  if (force_recovery && history_size === 0) wrong('force_recovery', 'needs a history: set history_size and history_ttl')
}

const namespace = z
  .object({
    name: text(
      '',
      'The text before the first `:` of a channel name.',
      /^[-a-zA-Z0-9_.]{2,}$/,
      'at least two letters, digits, "-", "_" or "."',
    ),
    ...channelOptions,
  })
  .superRefine(checkHistory)

export const channel = z
  .object({
    proxy: section(channelProxy),
    without_namespace: section(z.object(channelOptions).superRefine(checkHistory)),
    namespaces: z.array(namespace).default([]).register(about, {
      meaning:
        'Families of channels and what holds for them; in the environment a list in JSON. Without a configuration file, or one that says nothing of channels: `public` and `user`.',
      allowed: 'a list of namespaces (in the environment and on the command line as JSON)',
      default: '[]',
      secret: false,
      flag: false,
    }),
    history_meta_ttl: duration(
      '720h',
      'How long after its last publication a channel with an empty history still knows where it was.',
      {
        forever: true,
        timer: false,
      },
    ),
    publication_data_format: choice(
      '',
      ['', 'json', 'json_object', 'binary'],
      'What may be published: anything but nothing (empty), JSON, a JSON object, any bytes.',
    ),
    max_length: wholeNumber(255, 'Bytes that a channel name may have.', { min: 1, max: 4096 }),
    private_prefix: text(
      '$',
      'What the names of channels begin with that nobody may subscribe to without a subscription token. Empty for none.',
    ),
    namespace_boundary: text(
      ':',
      'What stands between the namespace and the rest of a channel name.',
      /./,
      'text, in quotes, and not empty',
    ),
    user_boundary: text('#', 'What stands before the users that a channel is for. Empty for no such channels.'),
    user_separator: text(',', 'What stands between those users.', /./, 'text, in quotes, and not empty'),
  })
  .superRefine(({ namespaces }, context) => {
    for (const [index, { name }] of namespaces.entries())
      if (namespaces.findIndex((other) => other.name === name) < index)
        context.addIssue({ code: 'custom', path: ['namespaces', index, 'name'], message: `"${name}" is there twice` })
  })
