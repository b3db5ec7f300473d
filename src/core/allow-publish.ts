/**
 * Whether a client may publish, and as what: the application decides where it
 * is asked, the rules elsewhere. For the ways in where a publication is no
 * command of the protocol; the backend, with its key, is asked nothing.
 */
import type { Client } from './client.ts'
import { errors } from './errors.ts'
import type { PublishOptions } from './node.ts'
import type { Draft } from './publication.ts'

export interface Allowed {
  readonly draft: Draft // as the application wants it
  readonly options: PublishOptions
}

/** `may`: what the rules say. @throws ClientError 103, or what the application throws */
export async function allowPublish(
  client: Client,
  channel: string,
  draft: Draft,
  may: () => boolean | Promise<boolean>,
): Promise<Allowed> {
  const grant = await client.node.hooks.publish?.(client, { channel, data: draft.data })
  if (grant === undefined) {
    if (!(await may())) throw errors.permissionDenied()
    return { draft, options: {} }
  }
  const { data = draft.data, tags = draft.tags, ...options } = grant
  return { draft: { ...draft, data, tags }, options }
}

/** Whether an option is among them with which a publication is something else than the next entry of the log. */
export function isSpecial({ skipHistory, version, statements }: PublishOptions): boolean {
  return skipHistory === true || version !== undefined || (statements?.length ?? 0) > 0
}
