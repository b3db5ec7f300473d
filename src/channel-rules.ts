/** What the configuration says of channels, in the words of the core. */
import type { Config } from './config.ts'
import type { Namespace, Naming } from './core/rules.ts'
import type { Retention } from './core/store.ts'

type Channel = Config['channel']
type Options = Channel['without_namespace']

export interface ChannelRules {
  readonly naming: Naming
  readonly withoutNamespace: Namespace
  readonly namespaces: readonly Namespace[]
}

/** `new Rules(naming, withoutNamespace, namespaces)` is the whole of it. */
export function channelRules(channel: Channel): ChannelRules {
  return {
    naming: {
      maxLength: channel.max_length,
      privatePrefix: channel.private_prefix,
      namespaceBoundary: channel.namespace_boundary,
      userBoundary: channel.user_boundary,
      userSeparator: channel.user_separator,
    },
    withoutNamespace: namespaceOf('', channel.without_namespace, channel),
    namespaces: channel.namespaces.map((options) => namespaceOf(options.name, options, channel)),
  }
}

function namespaceOf(name: string, options: Options, channel: Channel): Namespace {
  return {
    name,
    retention: retentionOf(options, channel),
    allowPositioning: options.allow_positioning,
    forcePositioning: options.force_positioning,
    allowRecovery: options.allow_recovery,
    forceRecovery: options.force_recovery,
    forceRecoveryMode: options.force_recovery_mode === 'cache' ? 'cache' : 'stream',
    autoCacheRecover: options.auto_cache_recover,
    deltaPublish: options.delta_publish,
    allowedDeltaTypes: options.allowed_delta_types,
    allowTagsFilter: options.allow_tags_filter,
    presence: options.presence,
    joinLeave: options.join_leave,
    forcePushJoinLeave: options.force_push_join_leave,
    allowSubscribeForClient: options.allow_subscribe_for_client,
    allowSubscribeForAnonymous: options.allow_subscribe_for_anonymous,
    allowPublishForClient: options.allow_publish_for_client,
    allowPublishForAnonymous: options.allow_publish_for_anonymous,
    allowPublishForSubscriber: options.allow_publish_for_subscriber,
    allowHistoryForClient: options.allow_history_for_client,
    allowHistoryForAnonymous: options.allow_history_for_anonymous,
    allowHistoryForSubscriber: options.allow_history_for_subscriber,
    allowPresenceForClient: options.allow_presence_for_client,
    allowPresenceForAnonymous: options.allow_presence_for_anonymous,
    allowPresenceForSubscriber: options.allow_presence_for_subscriber,
    allowManageForClient: options.allow_manage_for_client,
    allowManageForAnonymous: options.allow_manage_for_anonymous,
    requireCreation: options.require_creation,
    allowUserLimitedChannels: options.allow_user_limited_channels,
    channelRegex: options.channel_regex,
    publicationDataFormat: options.publication_data_format || channel.publication_data_format,
  }
}

/** The age of the empty log is never below that of its publications: it would forget its epoch while it still has some to tell of. */
function retentionOf(options: Options, channel: Channel): Retention | undefined {
  const { history_size, history_ttl, history_meta_ttl } = options
  if (history_size === 0) return undefined
  return {
    size: history_size === -1 ? Number.POSITIVE_INFINITY : history_size,
    age: history_ttl,
    metaAge: Math.max(history_meta_ttl === 0 ? channel.history_meta_ttl : history_meta_ttl, history_ttl),
  }
}
