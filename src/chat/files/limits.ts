/** What the files of people may take, and for how long. */
export interface FileLimits {
  readonly fileBytes: number
  /** Uploads that one person has under way. */
  readonly openUploads: number
  /** Bytes of one person that are under way, or in no message yet. */
  readonly waitingBytes: number
  /** Milliseconds after which an upload is removed to which nothing came. */
  readonly abandonedAfter: number
  /** Milliseconds after which a file is erased that is in no message. */
  readonly unsentAfter: number
  /** Milliseconds for which the bytes outlive their file: longer than a backup takes. */
  readonly grace: number
}

const [megabyte, hour] = [1_000_000, 60 * 60 * 1000]

export const defaultLimits: FileLimits = {
  fileBytes: 100 * megabyte,
  openUploads: 8,
  waitingBytes: 1000 * megabyte,
  abandonedAfter: 24 * hour,
  unsentAfter: 24 * hour,
  grace: 2 * hour,
}
