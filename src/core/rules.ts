/**
 * The rules of channels: which names may be, what a family of channels
 * (a namespace) remembers, and who may do what in it.
 *
 *   [$]<namespace>:<rest>[#<user>,<user>…]
 *
 * Names are compared byte by byte after this check and are never used as a
 * pattern, a path or a property of an object. Source: Centrifugo v6, "Channels
 * and namespaces"; the options carry its names in camel case.
 */
import { errors } from './errors.ts'
import type { Retention } from './store.ts'

/** What holds for all channels of one family. */
export interface Namespace {
  readonly name: string // '' for channels without namespace

  readonly retention: Retention | undefined // undefined: no history, and no offsets
  readonly allowPositioning: boolean // a client that asks is told about gaps
  readonly forcePositioning: boolean
  readonly allowRecovery: boolean // a client that asks gets what it missed
  readonly forceRecovery: boolean
  readonly forceRecoveryMode: 'stream' | 'cache'
  readonly autoCacheRecover: boolean // in mode cache, also who does not ask gets the last publication

  readonly deltaPublish: boolean // every publication may be sent as a patch of the one before
  readonly allowedDeltaTypes: readonly string[] // formats of patches that a subscriber may ask for
  readonly allowTagsFilter: boolean

  readonly presence: boolean
  readonly joinLeave: boolean
  readonly forcePushJoinLeave: boolean // also to clients that did not ask

  readonly allowSubscribeForClient: boolean
  readonly allowSubscribeForAnonymous: boolean
  readonly allowPublishForClient: boolean
  readonly allowPublishForAnonymous: boolean
  readonly allowPublishForSubscriber: boolean
  readonly allowHistoryForClient: boolean
  readonly allowHistoryForAnonymous: boolean
  readonly allowHistoryForSubscriber: boolean
  readonly allowPresenceForClient: boolean
  readonly allowPresenceForAnonymous: boolean
  readonly allowPresenceForSubscriber: boolean
  readonly allowManageForClient: boolean // create, close and delete channels by their URL
  readonly allowManageForAnonymous: boolean
  readonly allowUserLimitedChannels: boolean

  readonly channelRegex: RegExp | undefined // for the part after the boundary; lifts the ASCII rule
  readonly requireCreation: boolean // by its URL, a channel is there only once somebody created it
  readonly publicationDataFormat: '' | 'json' | 'json_object' | 'binary'
}

export interface Naming {
  readonly maxLength: number // bytes of UTF-8
  readonly privatePrefix: string
  readonly namespaceBoundary: string
  readonly userBoundary: string
  readonly userSeparator: string
}

/** Whoever asks: a client, or a request that speaks for a user. `insecure`: an operator switched all checks off. */
export interface Asker {
  readonly user: string
  readonly insecure: boolean
}

export type Action = 'subscribe' | 'publish' | 'history' | 'presence' | 'manage'

export class Rules {
  readonly #naming: Naming
  readonly #namespaces = new Map<string, Namespace>()

  /** `withoutNamespace` rules the channels whose names have no boundary. */
  constructor(naming: Naming, withoutNamespace: Namespace, namespaces: readonly Namespace[]) {
    this.#naming = naming
    this.#namespaces.set('', withoutNamespace)
    for (const namespace of namespaces) this.#namespaces.set(namespace.name, namespace)
  }

  /** The namespace of a channel. @throws ClientError 107 for a name that cannot be, 102 for an unknown namespace */
  namespace(channel: string): Namespace {
    const { maxLength, privatePrefix, namespaceBoundary } = this.#naming
    if (channel === '' || channel.length > maxLength) throw errors.badRequest()
    const start = privatePrefix !== '' && channel.startsWith(privatePrefix) ? privatePrefix.length : 0
    const boundary = channel.indexOf(namespaceBoundary, start)
    const namespace = this.#namespaces.get(boundary < 0 ? '' : channel.slice(start, boundary))
    if (namespace === undefined || (boundary >= 0 && namespace.name === '')) {
      if (!plain.test(channel)) throw errors.badRequest()
      throw errors.unknownChannel()
    }
    const rest = boundary < 0 ? channel.slice(start) : channel.slice(boundary + namespaceBoundary.length)
    if (!this.#fits(channel, rest, namespace)) throw errors.badRequest()
    return namespace
  }

  /** A private channel needs a subscription token, whatever its namespace allows. */
  isPrivate(channel: string): boolean {
    return this.#naming.privatePrefix !== '' && channel.startsWith(this.#naming.privatePrefix)
  }

  /** The users a channel is for, if its name says so. */
  limitedTo(channel: string): readonly string[] | undefined {
    const { userBoundary, userSeparator } = this.#naming
    const at = userBoundary === '' ? -1 : channel.lastIndexOf(userBoundary)
    return at < 0 ? undefined : channel.slice(at + userBoundary.length).split(userSeparator)
  }

  /** Whether the rules alone allow it, no token and no application asked. */
  allows(action: Action, asker: Asker, channel: string, namespace: Namespace, subscribed = false): boolean {
    if (asker.insecure) return true
    if (action === 'subscribe') {
      if (this.isPrivate(channel)) return false
      const users = this.limitedTo(channel)
      if (users !== undefined)
        return asker.user !== '' && namespace.allowUserLimitedChannels && users.includes(asker.user)
    }
    const [client, anonymous, subscriber] = grants[action](namespace)
    return (client && (asker.user !== '' || anonymous)) || (subscriber && subscribed)
  }

  #fits(channel: string, rest: string, namespace: Namespace): boolean {
    if (namespace.channelRegex === undefined) return plain.test(channel)
    return (
      !control.test(channel) &&
      new TextEncoder().encode(channel).length <= this.#naming.maxLength &&
      namespace.channelRegex.test(rest)
    )
  }
}

// Printable ASCII, no blank at either end: what is shown is what is compared, and no name smuggles a line break into a log or a header.
const plain = /^[!-~]([ -~]*[!-~])?$/
// Refused even where a regex allows more: control characters, and the invisible and direction-changing ones.
const control = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|^\s|\s$/u

const grants: Record<Action, (n: Namespace) => readonly [client: boolean, anonymous: boolean, subscriber: boolean]> = {
  subscribe: (n) => [n.allowSubscribeForClient, n.allowSubscribeForAnonymous, false],
  publish: (n) => [n.allowPublishForClient, n.allowPublishForAnonymous, n.allowPublishForSubscriber],
  history: (n) => [n.allowHistoryForClient, n.allowHistoryForAnonymous, n.allowHistoryForSubscriber],
  manage: (n) => [n.allowManageForClient, n.allowManageForAnonymous, false],
  presence: (n) => [n.allowPresenceForClient, n.allowPresenceForAnonymous, n.allowPresenceForSubscriber],
}
