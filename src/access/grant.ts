/**
 * A subscription that somebody other than the client decided, as it is written
 * in tokens and by backends alike. Payloads stay as they were written.
 */
import * as z from 'zod'
import type { SubscriptionGrant } from '../core/auth.ts'
import type { Payload } from '../core/publication.ts'
import { rawMembers } from '../protocol/json-text.ts'

const toggle = z.object({ value: z.boolean() }).nullish()

export const grantSchema = z.object({
  b64info: z.base64().nullish(),
  b64data: z.base64().nullish(),
  override: z
    .object({
      presence: toggle,
      join_leave: toggle,
      force_push_join_leave: toggle,
      force_recovery: toggle,
      force_positioning: toggle,
    })
    .nullish(),
})

/** @param value parsed from `text`, a JSON object. Undefined for what is none of this shape. */
export function readGrant(value: unknown, text: string): SubscriptionGrant | undefined {
  const parsed = grantSchema.safeParse(value)
  if (!parsed.success) return undefined
  const { b64info, b64data, override } = parsed.data
  const written = rawMembers(text)
  return {
    info: payloadOf(written.get('info'), b64info),
    data: payloadOf(written.get('data'), b64data),
    override: {
      ...(override?.presence && { presence: override.presence.value }),
      ...(override?.join_leave && { joinLeave: override.join_leave.value }),
      ...(override?.force_push_join_leave && { forcePushJoinLeave: override.force_push_join_leave.value }),
      ...(override?.force_recovery && { forceRecovery: override.force_recovery.value }),
      ...(override?.force_positioning && { forcePositioning: override.force_positioning.value }),
    },
  }
}

/** Plain channels, and the JSON object `subs` with what holds for each of its channels. */
export function readSubs(
  channels: readonly string[],
  subs: string | undefined,
): Map<string, SubscriptionGrant> | undefined {
  const granted = new Map<string, SubscriptionGrant>(channels.map((channel) => [channel, nothingSpecial]))
  if (subs === undefined || subs === 'null') return granted
  for (const [channel, text] of rawMembers(subs)) {
    const grant = text === 'null' ? nothingSpecial : readGrant(JSON.parse(text), text)
    if (grant === undefined) return undefined
    granted.set(channel, grant)
  }
  return granted
}

const nothingSpecial: SubscriptionGrant = { info: undefined, data: undefined, override: {} }

/** JSON as it was written, or bytes, where those are given. */
export function payloadOf(json: string | undefined, base64: string | null | undefined): Payload | undefined {
  if (base64) return Uint8Array.from(Buffer.from(base64, 'base64'))
  return json === 'null' ? undefined : json
}
