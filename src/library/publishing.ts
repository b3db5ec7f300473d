/** What a program publishes, and what it reads back. */
import { ClientError, errors } from '../core/errors.ts'
import type { Node } from '../core/node.ts'
import type { ClientInfo, Publication as Entry } from '../core/publication.ts'
import { Refused, type Statement, type StatementParam, StoreError } from '../core/store.ts'
import { Client } from './client.ts'
import { fromPayload, toPayload, toPayloadIfAny } from './values.ts'

export interface PublishOptions {
  /** A publication with a key that the channel knows is not made again, but answered like the first time. */
  readonly idempotencyKey?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  /** SQL that runs in the very transaction that appends: both are there afterwards, or neither. */
  readonly statements?: readonly Statement[] | undefined
  /**
   * What earlier publications of the channel say from now on, in the same
   * transaction: their data is overwritten, their place, time and publisher stay.
   * Readers who have it keep it, so let the publication itself tell them.
   */
  readonly erase?: readonly Erased[] | undefined
  /** In whose name: a client's, or somebody's who is not connected. */
  readonly info?: Client | Sender | undefined
  /** Deliver it to who is there, and do not keep it. */
  readonly skipHistory?: boolean | undefined
  /** Of what the publication describes: one that is not above the last is dropped. */
  readonly version?: number | undefined
  readonly versionEpoch?: string | undefined
}

export interface Erased {
  readonly offset: number
  /** As what is published. */
  readonly data: unknown
}

export interface Sender {
  readonly user: string
  readonly client?: string | undefined
  readonly info?: unknown
}

/** Where a publication stands. Without history there is no place: offset 0. */
export interface Published {
  readonly offset: number
  readonly epoch: string
  /** `repeated`: the key was known, this is where the first one stands. `outdated`: the version was not new, this is the top. */
  readonly outcome: 'appended' | 'repeated' | 'outdated'
}

/** What became of a broadcast in one of its channels. */
export type Outcome =
  | ({ readonly channel: string } & Published)
  | { readonly channel: string; readonly error: ClientError | Refused | StoreError }

export interface Publication {
  readonly offset: number
  readonly epoch: string
  /** A value, or bytes. */
  readonly data: unknown
  /** Milliseconds since 1970. */
  readonly time: number
  readonly tags: Readonly<Record<string, string>>
  /** Who published it; undefined for the server. */
  readonly info: Present | undefined
}

/** A connection, as others see it. */
export interface Present {
  readonly user: string
  readonly client: string
  readonly info: unknown
  /** What its subscription to this channel adds. */
  readonly channelInfo: unknown
}

export interface HistoryOptions {
  /** How many at most. Else 100. */
  readonly limit?: number | undefined
  /** What comes after this offset; with `reverse`, before it. With an epoch, only if the channel still has it. */
  readonly since?: number | { readonly offset: number; readonly epoch: string } | undefined
  /** The newest first. */
  readonly reverse?: boolean | undefined
}

export interface History {
  readonly publications: readonly Publication[]
  /** The place of the last publication there is, and the name of the log. */
  readonly offset: number
  readonly epoch: string
}

/** Parameters of a statement that only the append knows: `[of.offset, 'text']`. */
export const of = {
  offset: { of: 'offset' },
  epoch: { of: 'epoch' },
  time: { of: 'time' },
} as const satisfies Record<string, Extract<StatementParam, { readonly of: string }>>

/** @internal */
export async function publish(node: Node, channel: string, data: unknown, options: PublishOptions): Promise<Published> {
  const { info, tags, erase, ...others } = options
  const kept = options.skipHistory !== true && node.rules.namespace(channel).retention !== undefined
  if (!kept && (options.statements?.length ?? 0) > 0)
    throw new TypeError(`${channel} keeps no history, so there is no transaction for statements; use server.write`)
  if (!kept && (erase?.length ?? 0) > 0)
    throw new TypeError(`${channel} keeps no history, so there is nothing to erase`)
  const erasures = erase?.map(({ offset, data: instead }) => ({ offset, data: toPayload(instead) }))
  const draft = { data: toPayload(data), tags, info: info && inNameOf(info, channel) }
  const { outcome, position } = await node.publish(channel, draft, { ...others, erase: erasures }).catch(rethrow)
  if (outcome === 'closed') throw errors.notAvailable() // which the node has thrown
  return { ...position, outcome }
}

export interface TrimOptions {
  /** The first offset that stays; if it is not there yet, all goes that is. */
  readonly before: number
  /** SQL that runs in the same transaction. */
  readonly statements?: readonly Statement[] | undefined
}

/** @internal */
export async function trim(node: Node, channel: string, { before, statements }: TrimOptions): Promise<void> {
  if (!Number.isSafeInteger(before) || before < 0)
    throw new RangeError(`${before} is no offset: they are whole numbers, from 1 on`)
  await node.removeHistory(channel, { before, statements }).catch(rethrow)
}

/** A program that brings statements is told what became of them, where a client is told only that it may not, or could not. */
function rethrow(error: unknown): never {
  if (!(error instanceof ClientError)) throw error
  const { cause } = error
  throw cause instanceof Refused || (cause instanceof StoreError && cause.constraint) ? cause : error
}

const step = 500 // channels that are published to at a time

/** @internal */
export async function broadcast(
  node: Node,
  channels: readonly string[],
  data: unknown,
  options: PublishOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (let at = 0; at < channels.length; at += step)
    outcomes.push(...(await Promise.all(channels.slice(at, at + step).map((channel) => one(channel)))))
  return outcomes

  async function one(channel: string): Promise<Outcome> {
    try {
      return { channel, ...(await publish(node, channel, data, options)) }
    } catch (error) {
      const isOutcome = error instanceof ClientError || error instanceof Refused || error instanceof StoreError
      if (isOutcome) return { channel, error }
      throw error
    }
  }
}

/** @internal */
export async function history(
  node: Node,
  channel: string,
  { limit = 100, since, reverse }: HistoryOptions,
): Promise<History> {
  const from = typeof since === 'number' ? { offset: since, epoch: '' } : since
  const page = await node.history(channel, { since: from?.offset, limit, reverse }, from)
  return { publications: page.publications.map(toPublication), ...page.top }
}

/** @internal */
export function toPublication({ offset, epoch, data, time, tags = {}, info }: Entry): Publication {
  return { offset, epoch, data: fromPayload(data), time, tags, info: info && toPresent(info) }
}

/** @internal */
export function toPresent({ user, client, connInfo, chanInfo }: ClientInfo): Present {
  return { user, client, info: fromPayload(connInfo), channelInfo: fromPayload(chanInfo) }
}

function inNameOf(info: Client | Sender, channel: string): ClientInfo {
  if (info instanceof Client) return info.infoIn(channel)
  return { user: info.user, client: info.client ?? '', connInfo: toPayloadIfAny(info.info), chanInfo: undefined }
}
