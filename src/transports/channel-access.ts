/**
 * Who asks at a channel's URL, and what they may. The rules are those of the
 * namespace, as for any client; a request with the API key may everything.
 */
import type { Entrance, Identity, SubscriptionGrant } from '../core/auth.ts'
import { ClientError, Disconnect, disconnects, errors } from '../core/errors.ts'
import type { Node } from '../core/node.ts'
import type { Action, Namespace } from '../core/rules.ts'
import { allowWithoutToken } from '../protocol/subscribe.ts'
import type { Arrival } from './arrival.ts'
import { Refusal, unauthorized } from './channel-reply.ts'
import { claimsKey, identifyRequest, tokenOf } from './http-identity.ts'
import { entranceBy, passingClient } from './passing-client.ts'

export interface Visitor {
  readonly id: string // of the client that it is, or would be
  readonly entrance: Entrance
  readonly identity: Identity
  readonly isBackend: boolean // it has the API key
  readonly hasToken: boolean
  /** What a token says of this channel; a token that names it allows to read it. */
  readonly grant: SubscriptionGrant | undefined
}

/** What there is to be allowed. `recover`: reading what was published before. */
export type Right = Action | 'recover'

export class ChannelAccess {
  readonly #node: Node
  readonly #hasKey: (headers: Headers) => boolean

  constructor(node: Node, hasKey: (headers: Headers) => boolean) {
    this.#node = node
    this.#hasKey = hasKey
  }

  /** @throws ClientError, Disconnect, Refusal */
  async visitor(arrival: Arrival, url: URL, channel: string): Promise<Visitor> {
    const { headers } = arrival
    const client = { id: crypto.randomUUID(), entrance: entranceBy(arrival, this.#node) }
    if (claimsKey(headers)) {
      if (!this.#hasKey(headers)) throw unauthorized('The API key is not the one of this server.')
      return { ...client, identity: { user: '' }, isBackend: true, hasToken: true, grant: undefined }
    }
    const token = tokenOf(arrival, url, this.#node)
    try {
      const identity = await identifyRequest(arrival, token, client.id, this.#node)
      return { ...client, identity, isBackend: false, hasToken: token !== '', grant: identity.subs?.get(channel) }
    } catch (error) {
      if (token === '') throw isBadRequest(error) ? unauthorized(wantsToken) : error
      const granted = await this.#bySubscription(token, channel)
      if (granted === undefined) throw error
      return { ...client, ...granted }
    }
  }

  /**
   * Whether it may read, and with what: by its token, or the application, or
   * the rules. @throws what the application throws
   */
  async grant(visitor: Visitor, channel: string, namespace: Namespace): Promise<SubscriptionGrant | undefined> {
    const { id, entrance, identity, isBackend, grant } = visitor
    if (isBackend || grant !== undefined) return grant ?? {}
    const client = passingClient(this.#node, id, identity, entrance)
    return allowWithoutToken(client, { channel, data: undefined }, namespace)
  }

  /** `reads`: whether it may read the channel; asked only where that decides. */
  async may(
    right: Right,
    { identity, isBackend }: Visitor,
    channel: string,
    namespace: Namespace,
    reads: () => Promise<boolean>,
  ): Promise<boolean> {
    const { rules, auth } = this.#node
    if (isBackend) return true
    if (right === 'subscribe') return reads()
    const asker = { user: identity.user, insecure: auth.insecure }
    // Whoever may not even look must not rebuild it, whatever the name says of users.
    if (right === 'manage' && isReserved(this.#node, channel) && !(await reads())) return false
    const action = right === 'recover' ? 'history' : right
    if (rules.allows(action, asker, channel, namespace, false)) return true
    const follows = right === 'recover' && (namespace.allowRecovery || namespace.forceRecovery)
    return (follows || rules.allows(action, asker, channel, namespace, true)) && reads()
  }

  /** @throws Refusal 401 for somebody who has not said who it is, 403 for somebody else */
  refuse(right: Right, visitor: Visitor): never {
    if (!visitor.hasToken && visitor.identity.user === '')
      throw unauthorized(`Anonymous visitors may not ${words[right]} this channel. ${wantsToken}`)
    throw new Refusal(403, `You may not ${words[right]} this channel. ${advice[right]}`)
  }

  async #bySubscription(token: string, channel: string): Promise<Omit<Visitor, 'id' | 'entrance'> | undefined> {
    const verdict = await this.#node.tokens.subscription(token)
    if (!verdict.ok) {
      if (verdict.because === 'expired') throw errors.tokenExpired()
      return undefined
    }
    const { claims } = verdict
    if (claims.channel !== channel) throw new Refusal(403, 'The token is for another channel.')
    if (claims.client !== undefined)
      throw new Refusal(403, 'The token is for one connection of a client; ask for one without "client".')
    if (claims.expireAt !== undefined && claims.expireAt * 1000 <= this.#node.clock.now()) throw errors.expired()
    return {
      identity: { user: claims.user, expireAt: claims.expireAt },
      isBackend: false,
      hasToken: true,
      grant: claims,
    }
  }
}

function isReserved({ rules }: Node, channel: string): boolean {
  return rules.isPrivate(channel) || rules.limitedTo(channel) !== undefined
}

function isBadRequest(error: unknown): boolean {
  return error instanceof Disconnect && error.code === disconnects.badRequest().code && !(error instanceof ClientError)
}

const wantsToken = 'Send a token: "Authorization: Bearer <token>", or "?token=<token>" where no header can be set.'

const words: Record<Right, string> = {
  subscribe: 'read',
  publish: 'publish in',
  history: 'read the past of',
  presence: 'see who is in',
  recover: 'read the past of',
  manage: 'create, close or delete',
}

const advice: Record<Right, string> = {
  subscribe: 'Ask with a subscription token for it, or set allow_subscribe_for_client in its namespace.',
  publish: 'Set allow_publish_for_client in its namespace, or publish from the backend with the API key.',
  history: 'Set allow_history_for_client in its namespace.',
  presence: 'Set allow_presence_for_client in its namespace.',
  recover: 'Set allow_recovery or allow_history_for_client in its namespace; "offset=now" reads only what is new.',
  manage: 'Use the API key, or set allow_manage_for_client in its namespace.',
}
