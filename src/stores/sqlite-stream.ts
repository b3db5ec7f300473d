/** The row of a stream, as reader and writer both see it; and what the writer does to it and to the producers of a channel. */
import { expiryOf } from '../core/stream.ts'
import type { Producer, ProducerState, StreamState } from '../core/stream.ts'
import type { Statements } from './statements.ts'

export interface StreamRow {
  readonly content_type: string
  readonly ttl: number | null
  readonly expires_at: number | null
  readonly touched: number
  readonly closed: number
  readonly seq: string | null
}

export const streamColumns = 'content_type, ttl, expires_at, touched, closed, seq'

export const streamOf = (row: StreamRow): StreamState => ({
  contentType: row.content_type,
  ttl: row.ttl ?? undefined,
  expiresAt: row.expires_at ?? undefined,
  touched: row.touched,
  closed: row.closed === 1,
  seq: row.seq ?? undefined,
})

type Save = [string, string, number | null, number | null, number, number, string | null, number | null]

export class StreamTables {
  #some: boolean // whether there is any stream at all; whoever has none pays nothing for them
  readonly #find
  readonly #save
  readonly #delete
  readonly #findProducer
  readonly #saveProducer
  readonly #deleteProducers
  readonly #due
  readonly #prune

  constructor(prepared: Statements) {
    this.#find = prepared.prepare<StreamRow, [string]>(`SELECT ${streamColumns} FROM streams WHERE channel = ?`)
    this.#save = prepared.prepare<unknown, Save>('INSERT OR REPLACE INTO streams VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    this.#delete = prepared.prepare<unknown, [string]>('DELETE FROM streams WHERE channel = ?')
    this.#findProducer = prepared.prepare<ProducerState, [string, string]>(
      'SELECT epoch, seq FROM producers WHERE channel = ? AND id = ?',
    )
    this.#saveProducer = prepared.prepare<unknown, [string, string, number, number, number, number]>(
      'INSERT OR REPLACE INTO producers VALUES (?, ?, ?, ?, ?, ?)',
    )
    this.#deleteProducers = prepared.prepare<unknown, [string]>('DELETE FROM producers WHERE channel = ?')
    this.#due = prepared.prepare<{ channel: string }, [number, number]>(
      'SELECT channel FROM streams WHERE due <= ? ORDER BY due LIMIT ?',
    )
    this.#prune = prepared.prepare<unknown, [string, number, number]>(
      'DELETE FROM producers WHERE channel = ? AND offset < ? AND time < ?',
    )
    this.#some = prepared.prepare<unknown, []>('SELECT 1 FROM streams LIMIT 1').get() !== null
  }

  find(channel: string): StreamState | undefined {
    const row = this.#some ? this.#find.get(channel) : null
    return row === null ? undefined : streamOf(row)
  }

  save(channel: string, state: StreamState): void {
    this.#some = true
    const { contentType, ttl, expiresAt, touched, closed, seq } = state
    const due = expiryOf(state)
    this.#save.run(
      channel,
      contentType,
      ttl ?? null,
      expiresAt ?? null,
      touched,
      closed ? 1 : 0,
      seq ?? null,
      due === Infinity ? null : Math.ceil(due),
    )
  }

  delete(channel: string): void {
    this.#delete.run(channel)
    this.#deleteProducers.run(channel)
  }

  producer(channel: string, id: string): ProducerState | undefined {
    return this.#findProducer.get(channel, id) ?? undefined
  }

  saveProducer(channel: string, { id, epoch, seq }: Producer, offset: number, time: number): void {
    this.#saveProducer.run(channel, id, epoch, seq, offset, time)
  }

  /** Channels whose streams have expired. */
  expired(now: number, limit: number): string[] {
    return this.#some ? this.#due.all(now, limit).map(({ channel }) => channel) : []
  }

  /** Forgets producers that have been silent for long and of whose publications none is kept. */
  prune(channel: string, low: number, now: number): void {
    this.#prune.run(channel, low, now - producerMemory)
  }
}

/** Producers are known at least this long, in milliseconds. */
const producerMemory = 7 * 24 * 3600_000
