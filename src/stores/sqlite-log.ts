/**
 * What appending and removing do to the tables, inside a transaction that
 * somebody else begins and commits. The row of a channel is read once and
 * written once for each transaction, however many publications it gets there.
 */
import { decide, isExpired, isStale } from '../core/stream.ts'
import { checksum } from './checksum.ts'
import { isOutdated, keptFrom, knowsKey } from './log-rules.ts'
import { ride } from './riding.ts'
import { Eraser } from './sqlite-eraser.ts'
import { isCompound } from './sqlite-messages.ts'
import { Channels, channelSum, stateOf } from './sqlite-channel.ts'
import { ageSlack, sizeSlack } from './sqlite-sweeper.ts'
import type { SQLQueryBindings } from 'bun:sqlite'
import type { Appended } from '../core/store.ts'
import type { StreamChanged } from '../core/stream.ts'
import type { ChannelRow } from './sqlite-channel.ts'
import type { AppendRequest, ChangeRequest, Request } from './sqlite-messages.ts'
import type { StreamTables } from './sqlite-stream.ts'
import type { Statements } from './statements.ts'

interface Touched extends ChannelRow {
  isNew: boolean // not in the table yet
  dueChanged: boolean
}

type Params = SQLQueryBindings[]

export class SqliteLog {
  readonly #prepared: Statements
  readonly #rows: Channels
  readonly #channels = new Map<string, Touched>() // of the present transaction
  readonly #streams: StreamTables
  readonly #eraser: Eraser
  readonly #time
  readonly #forgetKeys
  readonly #insertChannel
  readonly #updateChannel
  readonly #updateDue
  readonly #insert
  readonly #findKey
  readonly #rememberKey
  readonly #savepoint
  readonly #release
  readonly #rollbackTo

  constructor(prepared: Statements, streams: StreamTables, file: string) {
    this.#prepared = prepared
    this.#rows = new Channels(prepared, file)
    this.#insertChannel = prepared.prepare<unknown, Params>(
      "INSERT INTO channels (name, epoch, top, first, low, touched, version_epoch, sum) VALUES (?, ?, 0, 1, 1, 0, '', ?)",
    )
    const columns =
      'top = ?, first = ?, touched = ?, size = ?, age = ?, meta_age = ?, version = ?, version_epoch = ?, sum = ?'
    this.#updateChannel = prepared.prepare<unknown, Params>(`UPDATE channels SET ${columns} WHERE id = ?`)
    // Apart from the rest, for it is indexed and seldom changes.
    this.#updateDue = prepared.prepare<unknown, Params>('UPDATE channels SET due = ? WHERE id = ?')
    this.#insert = prepared.prepare<unknown, Params>('INSERT INTO publications VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.#findKey = prepared.prepare<{ offset: number; time: number }, [number, string]>(
      'SELECT offset, time FROM keys WHERE channel = ? AND key = ?',
    )
    this.#rememberKey = prepared.prepare<unknown, Params>('INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?)')
    this.#streams = streams
    this.#eraser = new Eraser(prepared, file)
    this.#time = prepared.prepare<{ time: number }, [number, number]>(
      'SELECT time FROM publications WHERE channel = ? AND offset = ?',
    )
    this.#forgetKeys = prepared.prepare<unknown, [number]>('DELETE FROM keys WHERE channel = ?')
    this.#savepoint = prepared.prepare<unknown, []>('SAVEPOINT one')
    this.#release = prepared.prepare<unknown, []>('RELEASE one')
    this.#rollbackTo = prepared.prepare<unknown, []>('ROLLBACK TO one')
  }

  /** Whether the last transaction left something for the sweeper to do at once. */
  get overdue(): boolean {
    for (const { due } of this.#channels.values()) if (due === 0) return true
    return false
  }

  /** Forgets what it holds of the last transaction, however that ended. */
  begin(): void {
    this.#channels.clear()
  }

  /**
   * Does one request. One that may fail half-way, for what rides along, gets a
   * savepoint; throws what SQLite throws, and then nothing of it is left.
   */
  do(request: Request): Appended | StreamChanged | undefined {
    if (request.kind === 'append' && !isCompound(request)) return this.#admit(request)
    if (request.kind === 'remove' && !isCompound(request)) return this.#remove(request.channel, request.before)
    const before = request.kind === 'write' ? undefined : this.#channels.get(request.channel)
    const copy = before && { ...before }
    this.#savepoint.run()
    try {
      const answer = this.#attempt(request)
      this.#release.run()
      return answer
    } catch (error) {
      if (request.kind !== 'write') {
        if (copy === undefined) this.#channels.delete(request.channel)
        else this.#channels.set(request.channel, copy)
      }
      this.#undo()
      throw error
    }
  }

  #attempt(request: Request): Appended | StreamChanged | undefined {
    if (request.kind === 'append') return this.#admit(request)
    if (request.kind === 'change') return this.#change(request)
    if (request.kind === 'remove') this.#remove(request.channel, request.before)
    ride(this.#prepared, request.statements, undefined)
    return undefined
  }

  #undo(): void {
    try {
      this.#rollbackTo.run()
      this.#release.run()
    } catch {
      // The error ended the whole transaction and its savepoints with it; the caller looks whether it is still there.
    }
  }

  /** Writes the rows of the channels; before each commit. */
  flush(): void {
    for (const row of this.#channels.values()) {
      this.#updateChannel.run(
        row.top,
        row.first,
        row.touched,
        row.size,
        row.age,
        row.meta_age,
        row.version,
        row.version_epoch,
        channelSum(row),
        row.id,
      )
      if (row.dueChanged) this.#updateDue.run(row.due, row.id)
    }
  }

  /** An append of somebody who knows nothing of streams. */
  #admit(request: AppendRequest): Appended {
    const { channel, now } = request
    const stream = this.#streams.find(channel)
    if (stream !== undefined) {
      if (isExpired(stream, now)) this.#clear(channel)
      else if (stream.closed) {
        const { epoch, top } = this.#row(channel)
        return { outcome: 'closed', position: { epoch, offset: top }, time: 0 }
      } else if (isStale(stream, now)) this.#streams.save(channel, { ...stream, touched: now })
    }
    return this.#append(request)
  }

  #change({ channel, now, change, drafts, ...retention }: ChangeRequest): StreamChanged {
    const asking = change.kind === 'append' ? change.producer : undefined
    const state = this.#streams.find(channel)
    const last = asking && this.#streams.producer(channel, asking.id)
    const row = this.#row(channel)
    const timeOf = (offset: number) => this.#time.get(row.id, offset)?.time ?? Infinity
    const isEmpty = keptFrom(stateOf(row), retention, now, timeOf) > row.top
    const plan = decide(change, { state, producer: last, isEmpty }, now)
    const answer = { outcome: plan.outcome, time: 0, state, producer: last }
    if (plan.clear === true) this.#clear(channel)
    if (plan.appends === true) {
      for (const draft of drafts) {
        const { outcome, position, time } = this.#append(draft)
        if (outcome === 'repeated') {
          const top = { epoch: position.epoch, offset: position.offset + drafts.length - 1 }
          return { ...answer, outcome, top, state, producer: last }
        }
        answer.time = time
      }
    } else if (plan.outcome === 'created') this.#ensure(channel, now, retention)
    if (plan.state !== undefined) this.#streams.save(channel, plan.state)
    const { epoch, top } = this.#row(channel)
    if (plan.producer !== undefined) this.#streams.saveProducer(channel, plan.producer, top, now)
    return {
      ...answer,
      top: { epoch, offset: top },
      state: plan.state ?? (plan.clear === true ? undefined : state),
      producer: asking && this.#streams.producer(channel, asking.id),
    }
  }

  /** Forgets what a channel was as a stream. */
  #clear(channel: string): void {
    this.#streams.delete(channel)
    const row = this.#row(channel)
    if (!row.isNew) this.#forgetKeys.run(row.id)
    this.#remove(channel)
  }

  /** An empty stream has a place already that its readers stand at, so its log must keep its name. */
  #ensure(channel: string, now: number, { size, age, metaAge }: Pick<ChangeRequest, 'size' | 'age' | 'metaAge'>): void {
    const row = this.#row(channel)
    if (!row.isNew) return
    row.id = Number(this.#insertChannel.run(channel, row.epoch, channelSum(row)).lastInsertRowid)
    row.isNew = false
    row.touched = now
    row.size = finite(size)
    row.age = finite(age)
    row.meta_age = finite(metaAge)
    this.#channels.set(channel, row)
  }

  #row(channel: string): Touched {
    return this.#channels.get(channel) ?? this.#load(channel)
  }

  #append(request: AppendRequest): Appended {
    const { channel, now, data, user, client, connInfo, chanInfo, tags, key, statements } = request
    const row = this.#row(channel)
    const { epoch } = row
    if (key !== undefined && !row.isNew) {
      const known = this.#findKey.get(row.id, key)
      if (known !== null && knowsKey(stateOf(row), request, known, now))
        return { outcome: 'repeated', position: { epoch, offset: known.offset }, time: 0 }
    }
    if (isOutdated(stateOf(row), request)) return { outcome: 'outdated', position: { epoch, offset: row.top }, time: 0 }

    if (row.isNew) {
      row.id = Number(this.#insertChannel.run(channel, epoch, channelSum(row)).lastInsertRowid)
      row.isNew = false
    }
    const offset = row.top + 1
    const time = Math.max(now, row.touched)
    const sum = checksum(row.id, offset, time, data, user, client, connInfo, chanInfo, tags)
    this.#insert.run(row.id, offset, time, data, user, client, connInfo, chanInfo, tags, sum)
    if (key !== undefined) this.#rememberKey.run(row.id, key, offset, time)
    this.#eraser.erase(row, request.erase)
    if (statements.length > 0) ride(this.#prepared, statements, { offset, epoch, time })
    // Only now, for what failed before this line leaves no trace.
    this.#channels.set(channel, row)
    this.#advance(row, request, offset, time)
    return { outcome: 'appended', position: { epoch, offset }, time }
  }

  #advance(row: Touched, request: AppendRequest, offset: number, time: number): void {
    row.top = offset
    row.touched = time
    row.size = finite(request.size)
    row.age = finite(request.age)
    row.meta_age = finite(request.metaAge)
    if (request.version !== undefined) {
      row.version = request.version
      if (request.versionEpoch !== '') row.version_epoch = request.versionEpoch
    }
    if (row.size !== null && offset - row.low >= row.size + sizeSlack(row.size)) setDue(row, 0)
    else if (row.age !== null) setDue(row, time + row.age + ageSlack(row.age))
  }

  #remove(channel: string, before = Infinity): undefined {
    const row = this.#row(channel)
    if (row.isNew) return
    row.first = Math.max(row.first, Math.min(before, row.top + 1))
    setDue(row, 0)
    this.#channels.set(channel, row)
  }

  #load(channel: string): Touched {
    const found = this.#rows.find(channel)
    if (found !== undefined) return { ...found, isNew: false, dueChanged: false }
    return {
      id: 0,
      name: channel,
      epoch: this.#rows.nextEpoch(channel),
      top: 0,
      first: 1,
      low: 1,
      touched: 0,
      size: null,
      age: null,
      meta_age: null,
      version: null,
      version_epoch: '',
      due: null,
      sum: 0,
      isNew: true,
      dueChanged: false,
    }
  }
}

function setDue(row: Touched, due: number): void {
  if (row.due !== null && row.due <= due) return
  row.due = due
  row.dueChanged = true
}

/** Infinity is NULL in the tables. */
const finite = (value: number): number | null => (value === Infinity ? null : Math.ceil(value))
