/**
 * Overwrites what publications said: the row gets other data, and the checksum
 * that goes with it. What was there is overwritten in the file, also in the pages
 * that are free then. SQLite may have left a copy in the unused part of a page
 * when it moved the row to another one, and no statement reaches that; a copy by
 * `VACUUM INTO` (sqlite-copy.ts) has only what is in rows.
 */
import { StoreError } from '../core/store.ts'
import { type Cell, checksum } from './checksum.ts'
import { damage } from './sqlite-failure.ts'
import type { Erasure } from '../core/store.ts'
import type { ChannelRow } from './sqlite-channel.ts'
import type { Statements } from './statements.ts'

interface Row {
  readonly time: number
  readonly data: string | Uint8Array
  readonly user: string | null
  readonly client: string | null
  readonly conn_info: Cell
  readonly chan_info: Cell
  readonly tags: string | null
  readonly sum: number
}

export class Eraser {
  readonly #file: string
  readonly #prepared: Statements
  readonly #find
  readonly #write

  constructor(prepared: Statements, file: string) {
    this.#file = file
    this.#prepared = prepared
    this.#find = prepared.prepare<Row, [number, number]>(
      'SELECT time, data, user, client, conn_info, chan_info, tags, sum FROM publications WHERE channel = ? AND offset = ?',
    )
    this.#write = prepared.prepare<unknown, [string | Uint8Array, number, number, number]>(
      'UPDATE publications SET data = ?, sum = ? WHERE channel = ? AND offset = ?',
    )
  }

  /** @throws StoreError for a publication that is not there yet, and for one that is damaged: that is not to be hidden */
  erase(channel: Pick<ChannelRow, 'id' | 'name' | 'low' | 'top'>, erasures: readonly Erasure[]): void {
    if (erasures.length === 0) return
    this.#prepared.pragma('secure_delete = ON')
    try {
      for (const { offset, data } of erasures) this.#overwrite(channel, offset, data)
    } finally {
      this.#prepared.pragma('secure_delete = FAST')
    }
  }

  #overwrite({ id, name, low, top }: Parameters<Eraser['erase']>[0], offset: number, data: string | Uint8Array): void {
    if (offset > top) throw new StoreError(`There is no publication ${offset} of channel ${name} to erase`, false)
    if (offset < low) return
    const row = this.#find.get(id, offset)
    if (row === null || row.sum !== sumOf(id, offset, row, row.data))
      throw new StoreError(damage(this.#file, `publication ${offset} of channel ${name} cannot be read`), false)
    this.#write.run(data, sumOf(id, offset, row, data), id, offset)
  }
}

const sumOf = (id: number, offset: number, row: Row, data: Cell): number =>
  checksum(id, offset, row.time, data, row.user, row.client, row.conn_info, row.chan_info, row.tags)
