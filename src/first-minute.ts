/**
 * What stands in for a section that no configuration file has, in the words of
 * one: a lobby that anybody may use in the first minute, and a mailbox for each
 * user; all else is closed to clients without a token.
 */
export const firstMinute = {
  mailbox: { allow_send_for_client: true },
  client: { allow_anonymous_connect_without_token: true, publish_rate_limit: 20 },
  channel: {
    namespaces: [
      {
        name: 'public',
        history_size: 200,
        history_ttl: 'forever',
        force_recovery: true,
        presence: true,
        join_leave: true,
        allow_subscribe_for_client: true,
        allow_subscribe_for_anonymous: true,
        allow_publish_for_client: true,
        allow_publish_for_anonymous: true,
        allow_history_for_client: true,
        allow_history_for_anonymous: true,
        allow_presence_for_client: true,
        allow_presence_for_anonymous: true,
      },
      {
        name: 'user',
        history_size: 1000,
        history_ttl: '720h',
        force_recovery: true,
        allow_user_limited_channels: true,
        allow_history_for_subscriber: true,
      },
    ],
  },
} as const
