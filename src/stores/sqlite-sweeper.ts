/**
 * Takes away what retention no longer allows, in slices between commits, so
 * that nobody waits for it. Readers leave such publications out by themselves;
 * this is about the disk only, and may lag behind.
 *
 * The queue is the column `due` of a channel: it survives a restart, and an
 * append changes it only if there is something earlier to do.
 */
import { bucketOf } from './epochs.ts'
import { keptFrom, keyMemory } from './log-rules.ts'
import { channelColumns, channelSum, stateOf } from './sqlite-channel.ts'
import type { ChannelRow } from './sqlite-channel.ts'
import type { StreamTables } from './sqlite-stream.ts'
import type { Statements } from './statements.ts'

/** Publications that may lie about beyond the size, so that trimming is worth its while. */
export const sizeSlack = (size: number): number => Math.min(Math.max(16, Math.floor(size / 8)), 1024)

/** Milliseconds for which they may lie about beyond their age. */
export const ageSlack = (age: number): number => Math.min(Math.max(1000, Math.floor(age / 8)), 60_000)

const sliceMs = 4
const channelsInSlice = 64
const rowsInStep = 64 // of large publications even that is some milliseconds
const keysInStep = 256

export class Sweeper {
  readonly #due
  readonly #time
  readonly #delete
  readonly #keys
  readonly #deleteKeys
  readonly #update
  readonly #forget
  readonly #raise
  readonly #leave
  readonly #streams: StreamTables
  readonly #clear
  readonly #forgetKeys
  readonly #find

  constructor(prepared: Statements, streams: StreamTables) {
    this.#due = prepared.prepare<ChannelRow, [number, number]>(
      `SELECT ${channelColumns} FROM channels WHERE due <= ? ORDER BY due LIMIT ?`,
    )
    this.#time = prepared.prepare<{ time: number }, [number, number]>(
      'SELECT time FROM publications WHERE channel = ? AND offset = ?',
    )
    this.#delete = prepared.prepare<unknown, [number, number]>(
      'DELETE FROM publications WHERE channel = ? AND offset < ?',
    )
    this.#keys = prepared.prepare<{ offset: number; time: number }, [number, number, number]>(
      'SELECT offset, time FROM keys WHERE channel = ? AND offset < ? ORDER BY offset LIMIT ?',
    )
    this.#deleteKeys = prepared.prepare<unknown, [number, number]>('DELETE FROM keys WHERE channel = ? AND offset <= ?')
    this.#update = prepared.prepare<unknown, [number, number | null, number, number]>(
      'UPDATE channels SET low = ?, due = ?, sum = ? WHERE id = ?',
    )
    this.#forget = prepared.prepare<unknown, [number]>('DELETE FROM channels WHERE id = ?')
    this.#raise = prepared.prepare<unknown, [number]>(
      'INSERT INTO generations VALUES (?, 1) ON CONFLICT (bucket) DO UPDATE SET generation = generation + 1',
    )
    this.#streams = streams
    this.#find = prepared.prepare<ChannelRow, [string]>(`SELECT ${channelColumns} FROM channels WHERE name = ?`)
    this.#forgetKeys = prepared.prepare<unknown, [number]>('DELETE FROM keys WHERE channel = ?')
    this.#clear = prepared.prepare<unknown, [number, number, number, number]>(
      'UPDATE channels SET first = ?, due = ?, sum = ? WHERE id = ?',
    )
    this.#leave = prepared.prepare<unknown, [number]>('UPDATE channels SET due = NULL WHERE id = ?')
  }

  isDue(now: number): boolean {
    return this.#due.get(now, 1) !== null || this.#streams.expired(now, 1).length > 0
  }

  /** One slice, in a transaction of the caller's. @returns whether there is more to do now */
  sweep(now: number): boolean {
    const end = performance.now() + sliceMs
    for (const channel of this.#streams.expired(now, channelsInSlice)) this.#expire(channel, now)
    const rows = this.#due.all(now, channelsInSlice)
    for (const [at, row] of rows.entries()) {
      if (!this.#isSound(row)) continue
      const more = this.#sweepChannel(row, now, end)
      if (more || performance.now() > end) return more || at + 1 < rows.length || rows.length === channelsInSlice
    }
    return rows.length === channelsInSlice
  }

  /** A stream whose time is over goes, and its publications are removed. */
  #expire(channel: string, now: number): void {
    this.#streams.delete(channel)
    const row = this.#find.get(channel)
    if (row === null || !this.#isSound(row)) return
    this.#forgetKeys.run(row.id)
    row.first = row.top + 1
    this.#clear.run(row.first, now, channelSum(row), row.id)
  }

  /** A damaged channel is left as it is, for whoever repairs it. */
  #isSound(row: ChannelRow): boolean {
    if (row.sum === channelSum(row)) return true
    this.#leave.run(row.id)
    return false
  }

  #sweepChannel(row: ChannelRow, now: number, end: number): boolean {
    const retention = { size: row.size ?? Infinity, age: row.age ?? Infinity }
    const from = keptFrom(stateOf(row), retention, now, (offset) => this.#time.get(row.id, offset)?.time ?? Infinity)
    while (row.low < from && performance.now() < end) {
      row.low = Math.min(from, row.low + rowsInStep)
      this.#delete.run(row.id, row.low)
    }
    const keysUntil = row.low < from ? 0 : this.#sweepKeys(row, now)
    const more = row.low < from || keysUntil <= now
    this.#streams.prune(row.name, row.low, now)
    const isStream = this.#streams.find(row.name) !== undefined // its readers have places to lose
    if (
      !isStream &&
      row.low > row.top &&
      !more &&
      keysUntil === Infinity &&
      row.touched + (row.meta_age ?? Infinity) <= now
    ) {
      this.#forget.run(row.id)
      this.#raise.run(bucketOf(row.name)) // in the same transaction: its epoch must not come back
      return false
    }
    // What is not done yet goes behind what waits longer.
    const due = more ? now : Math.min(keysUntil, this.#nextExpiry(row))
    this.#update.run(row.low, due === Infinity ? null : due, channelSum(row), row.id)
    return more
  }

  /** @returns when the next key below the kept publications may go; in the past if there are more that may, Infinity if none is left */
  #sweepKeys(row: ChannelRow, now: number): number {
    const keys = this.#keys.all(row.id, row.low, keysInStep)
    const stays = keys.find(({ time }) => time > now - keyMemory)
    const last = stays === undefined ? keys.at(-1) : keys[keys.indexOf(stays) - 1]
    if (last !== undefined) this.#deleteKeys.run(row.id, last.offset)
    if (stays !== undefined) return stays.time + keyMemory
    return keys.length === keysInStep ? now : Infinity
  }

  #nextExpiry(row: ChannelRow): number {
    if (row.low > row.top) return this.#streams.find(row.name) ? Infinity : row.touched + (row.meta_age ?? Infinity)
    if (row.age === null) return Infinity
    return (this.#time.get(row.id, row.low)?.time ?? row.touched) + row.age + ageSlack(row.age)
  }
}
