/**
 * How the files of the pages are compressed: as far as it goes, since it is done
 * once, when a release is packed, and each visitor has the gain. A page over
 * plain HTTP gets gzip only, because browsers take brotli over HTTPS alone.
 */
import { brotliCompressSync } from 'node:zlib'

type Bytes = Uint8Array<ArrayBuffer>

export interface Coding {
  /** In `content-encoding`. */
  readonly name: 'br' | 'gzip'
  /** Of the file that holds it, beside the one that is not compressed. */
  readonly suffix: '.br' | '.gz'
  readonly smallest: (bytes: Bytes) => Uint8Array
}

/** The smallest first. */
export const codings: readonly Coding[] = [
  { name: 'br', suffix: '.br', smallest: (bytes) => brotliCompressSync(bytes) },
  { name: 'gzip', suffix: '.gz', smallest: (bytes) => Bun.gzipSync(bytes, { library: 'libdeflate', level: 12 }) },
]

/** Whether it becomes smaller; pictures are compressed already. */
export function isText(type: string): boolean {
  return /^(text|application|image\/svg)/.test(type)
}
