/** Everything that can grow has a limit here. What happens at it is said beside it. Times in milliseconds, sizes in bytes (text: UTF-16 units). */
export interface Limits {
  readonly connections: number // beyond: HTTP 503 before any upgrade
  readonly connectionsPerSecond: number // new ones, on average; beyond: HTTP 503. 0: no limit
  readonly connectionsPerUser: number // beyond: disconnect 3504; anonymous clients are not counted
  readonly channelsPerClient: number // beyond: error 106, or disconnect 3505 if the server itself subscribed
  readonly queuedCommands: number // commands of one connection that wait; beyond: disconnect 3013
  readonly pauseAt: number // commands of one connection that wait; beyond: its socket is not read until they are handled
  readonly publishesInFlight: number // publishes of one connection that wait for the disk; beyond: its commands wait
  readonly callsPerSecond: number // publish and rpc commands of one connection, on average; beyond: error 111. 0: no limit
  readonly outboxSize: number // what waits for a slow reader; beyond: disconnect 3008
  readonly heldSize: number // what a cursor holds while it catches up; beyond: read from the store later
  readonly historyPage: number // publications in one history reply; a larger limit is cut to it
  readonly recoveredPublications: number // replayed in one subscribe reply; beyond: recovered false
  readonly recoveredSize: number // of their data; beyond: recovered false
  readonly jsonDepth: number // levels of nesting; beyond: refused before parsing

  readonly pingInterval: number // 0: no pings
  readonly pongTimeout: number // no pong within it: disconnect 3012
  readonly staleCloseDelay: number // connected and not yet said who: disconnect 3502
  readonly expiredCloseDelay: number // grace after a connection's expiry: then disconnect 3005
  readonly expiredSubCloseDelay: number // grace after a subscription's expiry: then unsubscribe 2501
  readonly positionCheckDelay: number // how often a quiet channel compares its end with the store
}

export const defaultLimits: Limits = {
  connections: 100_000,
  connectionsPerSecond: 0,
  connectionsPerUser: Infinity,
  channelsPerClient: 128,
  queuedCommands: 20_000, // more than a socket's read buffer holds, so that a client that is only fast is paused, not cut off
  pauseAt: 64,
  publishesInFlight: 64,
  callsPerSecond: 0,
  outboxSize: 1_048_576,
  heldSize: 262_144,
  historyPage: 300,
  recoveredPublications: 300,
  recoveredSize: 8 * 1_048_576,
  jsonDepth: 128,
  pingInterval: 25_000,
  pongTimeout: 8000,
  staleCloseDelay: 10_000,
  expiredCloseDelay: 25_000,
  expiredSubCloseDelay: 25_000,
  positionCheckDelay: 40_000,
}

/** What is read from the store at once for those who catch up; what is beyond is in the next page. */
export const catchUpPage = { limit: 100, maxBytes: 1_048_576 } as const
