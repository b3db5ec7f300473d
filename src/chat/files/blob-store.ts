/**
 * Keeps the bytes of files. It knows nothing of names, types and people: what
 * goes in gets an id that nobody can guess, and comes out by it, unchanged.
 *
 * What it promises: an id that `put` or `adopt` has answered stands for all the
 * bytes, and they are on the disk. Whoever puts and fails, or dies at it,
 * leaves nothing that `get` or `list` would show. Ids are never used twice.
 * Anything that does not look like an id is one that is not there.
 *
 * The methods are those that a folder and an object store both have, so that
 * an S3-compatible store can stand in: its objects are Blobs with ranges too.
 */
export interface BlobStore {
  /** Resolves to the id once everything is safe. Rejects with what the content throws, or the disk says. */
  put(content: AsyncIterable<Uint8Array>): Promise<string>
  /** Takes over a finished file of this machine, without copying it where that is possible. The file is gone afterwards. */
  adopt(path: string): Promise<string>
  /** A Blob reads only what is asked of it: `slice` is a range. */
  get(id: string): Promise<Blob | undefined>
  /** What is not there need not be removed. Who reads it at the moment may read on to the end. */
  remove(id: string): Promise<void>
  /** In the order of the ids, those after the given one: to find what nobody refers to. */
  list(after: string, limit: number): Promise<readonly StoredBlob[]>
}

export interface StoredBlob {
  readonly id: string
  /** When it was put, in milliseconds since 1970. */
  readonly time: number
}
