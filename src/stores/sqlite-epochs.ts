/**
 * New epochs for every channel of a database, for one that was brought back
 * from an earlier time. Offsets that were given after that time will be given
 * again, to other publications; in the same epoch a reader who had seen the
 * first ones would never notice.
 *
 * Offsets, tops and what is kept stay. Channels that nobody wrote to yet have
 * computed epochs: they are new by a new secret.
 */
import { Database } from 'bun:sqlite'
import { StoreError } from '../core/store.ts'
import { checksum } from './checksum.ts'
import { bucketOf, epochOf, newSecret } from './epochs.ts'
import { channelColumns, Channels, channelSum } from './sqlite-channel.ts'
import { damage, failureOf, toStoreError } from './sqlite-failure.ts'
import { Statements } from './statements.ts'
import type { ChannelRow } from './sqlite-channel.ts'
import type { PublicationRow } from './sqlite-pages.ts'
import type { Payload, Position } from '../core/publication.ts'

/**
 * For channels that keep places in others: what their last publication becomes.
 * `renewed` gives a place its new epoch, undefined if it was of another log already.
 */
export type Rewrite = (
  channel: string,
  data: Payload,
  renewed: (channel: string, place: Position) => Position | undefined,
) => Payload | undefined

type LastRow = Omit<PublicationRow, 'offset'>

/** All of it or nothing. Nobody else may have the file open. @returns how many channels there are @throws StoreError */
export function renewEpochs(file: string, rewrite: Rewrite): number {
  let prepared: Statements | undefined
  try {
    const db = new Database(file, { readwrite: true })
    prepared = new Statements(db)
    db.run('PRAGMA busy_timeout = 2000')
    db.run('PRAGMA synchronous = FULL')
    db.run('BEGIN IMMEDIATE')
    const count = new Renewal(prepared, file).run(rewrite)
    db.run('COMMIT')
    return count
  } catch (error) {
    throw error instanceof StoreError ? error : toStoreError(failureOf(error, file), error)
  } finally {
    prepared?.close() // what is not committed is undone
  }
}

const rowsInStep = 1000

class Renewal {
  readonly #file: string
  readonly #prepared: Statements
  readonly #secret = newSecret()
  readonly #channels: Channels // by the old secret
  readonly #generations = new Map<number, number>()
  readonly #last
  readonly #setData
  readonly #setVersion

  constructor(prepared: Statements, file: string) {
    this.#file = file
    this.#prepared = prepared
    this.#channels = new Channels(prepared, file)
    const generations = prepared.prepare<{ bucket: number; generation: number }, []>('SELECT * FROM generations')
    for (const { bucket, generation } of generations.all()) this.#generations.set(bucket, generation)
    this.#last = prepared.prepare<LastRow, [number, number]>(
      'SELECT time, data, user, client, conn_info, chan_info, tags, sum FROM publications WHERE channel = ? AND offset = ?',
    )
    this.#setData = prepared.prepare<unknown, [Payload, number, number, number]>(
      'UPDATE publications SET data = ?, sum = ? WHERE channel = ? AND offset = ?',
    )
    this.#setVersion = prepared.prepare<unknown, [string, number, string]>(
      'UPDATE channels SET version_epoch = ? WHERE id = ? AND version_epoch = ?',
    )
  }

  run(rewrite: Rewrite): number {
    // First the places in other channels, while those can still be asked for their old epochs.
    for (const row of this.#rows()) this.#rewrite(row, rewrite)
    const update = this.#prepared.prepare<unknown, [string, number, number]>(
      'UPDATE channels SET epoch = ?, sum = ? WHERE id = ?',
    )
    let count = 0
    for (const row of this.#rows()) {
      const renewed = { ...row, epoch: this.#epochOf(row.name) }
      update.run(renewed.epoch, channelSum(renewed), row.id)
      count++
    }
    this.#prepared.prepare<unknown, [Uint8Array]>("UPDATE meta SET value = ? WHERE name = 'secret'").run(this.#secret)
    return count
  }

  /** What a row fails its checksum for would be hidden by a new one. */
  *#rows(): Iterable<ChannelRow> {
    const select = this.#prepared.prepare<ChannelRow, [number, number]>(
      `SELECT ${channelColumns} FROM channels WHERE id > ? ORDER BY id LIMIT ?`,
    )
    for (let after = 0; ;) {
      const rows = select.all(after, rowsInStep)
      for (const row of rows) {
        if (row.sum !== channelSum(row))
          throw new StoreError(damage(this.#file, `the row of channel ${row.name} fails its checksum`), false)
        yield row
      }
      const last = rows.at(-1)
      if (last === undefined) return
      after = last.id
    }
  }

  #rewrite({ id, name, top }: ChannelRow, rewrite: Rewrite): void {
    if (top === 0) return
    const last = this.#last.get(id, top)
    if (last === null) return // it is not kept any more
    const { time, user, client, conn_info: connInfo, chan_info: chanInfo, tags } = last
    const sumOf = (data: Payload) => checksum(id, top, time, data, user, client, connInfo, chanInfo, tags)
    if (last.sum !== sumOf(last.data))
      throw new StoreError(damage(this.#file, `publication ${top} of channel ${name} fails its checksum`), false)
    const data = rewrite(name, last.data, (channel, place) => {
      const renewed = this.#renewed(channel, place)
      if (renewed !== undefined) this.#setVersion.run(renewed.epoch, id, place.epoch) // places are versioned by offset
      return renewed
    })
    if (data !== undefined) this.#setData.run(data, sumOf(data), id, top)
  }

  #renewed(channel: string, { epoch, offset }: Position): Position | undefined {
    const present = this.#channels.find(channel)?.epoch ?? this.#channels.nextEpoch(channel)
    return epoch === present ? { epoch: this.#epochOf(channel), offset } : undefined
  }

  /** With the generation that it has: forgetting the channel raises that, as ever. */
  #epochOf(channel: string): string {
    return epochOf(this.#secret, channel, this.#generations.get(bucketOf(channel)) ?? 0)
  }
}
