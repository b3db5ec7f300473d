/**
 * Names for logs, of which none is ever used twice for one channel.
 *
 * A channel that nobody wrote to has no row anywhere, yet it must read with the
 * epoch that its first publication will have. So an epoch is computed: from a
 * secret of the store, the channel's name and a generation. Forgetting a
 * channel raises the generation, so that its next log has another name.
 *
 * Generations are shared by all channels of a bucket: one for each channel that
 * was ever forgotten would grow without end. The price is that forgetting one
 * channel gives a new epoch to the unwritten channels of its bucket too, one in
 * 65,536 of them; there nobody has an offset to lose.
 */
import { createHash, randomBytes } from 'node:crypto'

export const newSecret = (): Uint8Array => new Uint8Array(randomBytes(16))

/** One of 65,536; a generation is a row of some ten bytes, so all of them are at most a megabyte. */
export const bucketOf = (channel: string): number => createHash('sha256').update(channel).digest().readUInt16BE(0)

/** Twelve letters, 56 bits. */
export function epochOf(secret: Uint8Array, channel: string, generation: number): string {
  const digest = createHash('sha256').update(secret).update(`${generation} ${channel}`).digest()
  return String.fromCharCode(...digest.subarray(0, 12).map((byte) => 97 + (byte % 26)))
}
