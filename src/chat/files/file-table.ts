/** The rows of `chat_files`, each question and each change by its name. */
import type { Posthouse, SqlRow } from '../../index.ts'
import type { Picture } from './picture.ts'

/** Reads see what is committed; writes are done in the order in which they are asked for. */
export type Database = Pick<Posthouse, 'sql' | 'write'>

export type State = 'uploading' | 'ready' | 'used' | 'erased'

export interface FileRow {
  readonly id: string
  readonly owner: string
  readonly state: State
  readonly name: string
  readonly type: string
  readonly announced: number
  readonly size: number
  readonly width: number | null
  readonly height: number | null
  readonly duration: number | null
  readonly waveform: string | null
  readonly voice: 0 | 1
  readonly placeholder: string | null
  readonly blob: string | null
  readonly thumbnail: string | null
  readonly created: number
  readonly changed: number
}

export type NewFile = Pick<FileRow, 'id' | 'owner' | 'name' | 'type' | 'announced' | Hint>

/** What only the sender knows, or knows first. */
export type Hint = 'width' | 'height' | 'duration' | 'waveform' | 'voice'

export interface Finished {
  readonly type: string
  readonly size: number
  readonly blob: string
  readonly thumbnail: string | undefined
  readonly picture: Picture | undefined
}

export class FileTable {
  readonly #database: Database
  readonly #now: () => number

  constructor(database: Database, now: () => number) {
    this.#database = database
    this.#now = now
  }

  find(id: string): FileRow | undefined {
    return this.#rows('id = ?', id)[0]
  }

  /** How many uploads somebody has open, and how many bytes are kept that are in no message yet. */
  waiting(owner: string): { readonly uploads: number; readonly bytes: number } {
    const [row] = this.#database.sql(
      `SELECT count(*) FILTER (WHERE state = 'uploading') AS uploads, ifnull(sum(announced), 0) AS bytes
       FROM chat_files WHERE owner = ? AND state IN ('uploading', 'ready')`,
      owner,
    )
    return { uploads: Number(row?.['uploads']), bytes: Number(row?.['bytes']) }
  }

  async add(file: NewFile): Promise<void> {
    const { id, owner, name, type, announced, width, height, duration, waveform, voice } = file
    const now = this.#now()
    await this.#write(
      `INSERT INTO chat_files (id, owner, state, name, type, announced, size, width, height, duration, waveform, voice, created, changed)
       VALUES (?, ?, 'uploading', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      owner,
      name,
      type,
      announced,
      announced,
      width,
      height,
      duration,
      waveform,
      voice,
      now,
      now,
    )
  }

  /** Something came. */
  async touch(id: string): Promise<void> {
    await this.#write(`UPDATE chat_files SET changed = ? WHERE id = ? AND state = 'uploading'`, this.#now(), id)
  }

  async finish(id: string, { type, size, blob, thumbnail, picture }: Finished): Promise<void> {
    await this.#write(
      `UPDATE chat_files SET state = 'ready', type = ?, size = ?, blob = ?, thumbnail = ?, placeholder = ?,
         width = coalesce(?, width), height = coalesce(?, height), changed = ?
       WHERE id = ? AND state = 'uploading'`,
      type,
      size,
      blob,
      thumbnail ?? null,
      picture?.placeholder ?? null,
      picture?.width ?? null,
      picture?.height ?? null,
      this.#now(),
      id,
    )
  }

  /** Of these files, those that a message, a person or a room has. */
  inUse(ids: readonly string[]): ReadonlySet<string> {
    const rows = this.#database.sql(
      `SELECT file AS id FROM chat_file_uses WHERE file IN (SELECT value FROM json_each(?1))
       UNION SELECT avatar FROM chat_people WHERE avatar IN (SELECT value FROM json_each(?1))
       UNION SELECT avatar FROM chat_rooms WHERE avatar IN (SELECT value FROM json_each(?1))`,
      JSON.stringify(ids),
    )
    return new Set(rows.map(({ id }) => String(id)))
  }

  /** The rooms where it is in a message, or whose picture it is. */
  roomsOf(id: string, limit: number): readonly string[] {
    const rows = this.#database.sql(
      `SELECT id AS room FROM chat_rooms WHERE avatar = ?1
       UNION SELECT room FROM chat_file_uses WHERE file = ?1 LIMIT ?2`,
      id,
      limit,
    )
    return rows.map(({ room }) => String(room))
  }

  isAvatar(id: string): boolean {
    return this.#database.sql('SELECT 1 FROM chat_people WHERE avatar = ? LIMIT 1', id).length > 0
  }

  async erase(ids: readonly string[]): Promise<void> {
    const now = this.#now()
    const sql = `UPDATE chat_files SET state = 'erased', changed = ? WHERE id = ? AND state IN ('ready', 'used')`
    if (ids.length > 0) await this.#database.write(...ids.map((id) => ({ sql, params: [now, id] })))
  }

  async restore(ids: Iterable<string>): Promise<void> {
    const sql = `UPDATE chat_files SET state = 'used' WHERE id = ? AND state = 'erased'`
    const statements = Array.from(ids, (id) => ({ sql, params: [id] }))
    if (statements.length > 0) await this.#database.write(...statements)
  }

  /** Forgets it, provided that it is still in that state. */
  async remove(id: string, state: State): Promise<void> {
    await this.#write(`DELETE FROM chat_files WHERE id = ? AND state = ?`, id, state)
  }

  /** In the order of the ids, those after the given one. */
  page(state: State, before: number, after: string, limit: number): readonly FileRow[] {
    return this.#rows('state = ? AND changed <= ? AND id > ? ORDER BY id LIMIT ?', state, before, after, limit)
  }

  hasBlob(blob: string): boolean {
    return this.#database.sql('SELECT 1 FROM chat_files WHERE blob = ? OR thumbnail = ? LIMIT 1', blob, blob).length > 0
  }

  #rows(where: string, ...params: readonly (string | number)[]): readonly FileRow[] {
    return this.#database.sql(`SELECT * FROM chat_files WHERE ${where}`, ...params).map(fileRow)
  }

  async #write(sql: string, ...params: readonly (string | number | null)[]): Promise<void> {
    await this.#database.write({ sql, params })
  }
}

/** The table is strict: what it holds is what its schema says. */
function fileRow(row: SqlRow): FileRow {
  return row as unknown as FileRow
}
