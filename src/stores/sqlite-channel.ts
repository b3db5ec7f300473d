/**
 * The row of a channel, as reader and writer both find it.
 *
 * That a row is *not* found must be believed too, for the log then begins at 1:
 * were it only misplaced, offsets would be given twice. So what stands where
 * the row would be, the neighbours on both sides, must be right as well.
 */
import { StoreError } from '../core/store.ts'
import { checksum } from './checksum.ts'
import { bucketOf, epochOf } from './epochs.ts'
import { damage } from './sqlite-failure.ts'
import type { LogState } from './log-rules.ts'
import type { Statements } from './statements.ts'

export interface ChannelRow {
  id: number
  readonly name: string
  readonly epoch: string
  top: number
  first: number
  low: number
  touched: number
  size: number | null
  age: number | null
  meta_age: number | null
  version: number | null
  version_epoch: string
  due: number | null
  readonly sum: number
}

export const channelColumns =
  'id, name, epoch, top, first, low, touched, size, age, meta_age, version, version_epoch, due, sum'

export const channelSum = ({ name, epoch, top, first, low, touched }: Omit<ChannelRow, 'sum'>): number =>
  checksum(name, epoch, top, first, low, touched)

export const stateOf = (row: ChannelRow): LogState => ({
  top: row.top,
  first: row.first,
  low: row.low,
  version: row.version ?? undefined,
  versionEpoch: row.version_epoch,
})

export class Channels {
  readonly #file: string
  readonly #secret: Uint8Array
  readonly #find
  readonly #before
  readonly #after
  readonly #generation

  constructor(prepared: Statements, file: string) {
    this.#file = file
    const secret = prepared.prepare<{ value: Uint8Array }, []>("SELECT value FROM meta WHERE name = 'secret'").get()
    if (secret === null) throw new StoreError(damage(file, 'its secret is missing'), false)
    this.#secret = secret.value
    const select = `SELECT ${channelColumns} FROM channels`
    this.#find = prepared.prepare<ChannelRow, [string]>(`${select} WHERE name = ?`)
    this.#before = prepared.prepare<ChannelRow, [string]>(`${select} WHERE name < ? ORDER BY name DESC LIMIT 1`)
    this.#after = prepared.prepare<ChannelRow, [string]>(`${select} WHERE name > ? ORDER BY name LIMIT 1`)
    this.#generation = prepared.prepare<{ generation: number }, [number]>(
      'SELECT generation FROM generations WHERE bucket = ?',
    )
  }

  /** @throws StoreError if what is found, or what is not, cannot be believed */
  find(name: string): ChannelRow | undefined {
    const row = this.#find.get(name)
    if (row !== null) {
      this.#check(row, 0, name)
      return row
    }
    const before = this.#before.get(name)
    const after = this.#after.get(name)
    if (before !== null) this.#check(before, -1, name)
    if (after !== null) this.#check(after, 1, name)
    return undefined
  }

  /** The epoch that a channel without a row has, and will begin with. */
  nextEpoch(name: string): string {
    return epochOf(this.#secret, name, this.#generation.get(bucketOf(name))?.generation ?? 0)
  }

  #check(row: ChannelRow, side: -1 | 0 | 1, name: string): void {
    if (row.sum === channelSum(row) && Buffer.compare(Buffer.from(row.name), Buffer.from(name)) === side) return
    throw new StoreError(damage(this.#file, `the row of channel ${row.name} fails its checksum`), false)
  }
}
