/** The row of a channel, as reader and writer both see it. */
import { StoreError } from '../core/store.ts'
import { checksum } from './checksum.ts'
import { damage } from './sqlite-failure.ts'
import type { LogState } from './log-rules.ts'

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

export const channelSum = ({ id, name, epoch, top, first, low, touched }: Omit<ChannelRow, 'sum'>): number =>
  checksum(id, name, epoch, top, first, low, touched)

/** @throws StoreError if the row is not what was written */
export function checkChannel(row: ChannelRow, file: string): void {
  if (row.sum !== channelSum(row))
    throw new StoreError(damage(file, `the row of channel ${row.name} fails its checksum`), false)
}

export const stateOf = (row: ChannelRow): LogState => ({
  top: row.top,
  first: row.first,
  low: row.low,
  version: row.version ?? undefined,
  versionEpoch: row.version_epoch,
})
