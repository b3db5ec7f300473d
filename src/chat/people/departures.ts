/**
 * How somebody goes for good: who deletes the account, or a guest of whom no
 * session is left. What must be so at once is so in the transaction that begins
 * it (nobody can log in, the name is free); the rest is done in slices behind,
 * with others served in between, and goes on after a restart:
 *
 *   begun ──▶ out of all rooms ──▶ messages taken back, if asked ──▶ forgotten
 *
 * A room that would be without an owner goes to the next in rank who was there
 * first. What was said stays, of somebody who is `gone`. Rooms of two stay, too:
 * they are the other's.
 */
import type { Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { isDirect, type MemberEvent, type PersonId, type RoomId } from '../events.ts'
import { stands } from '../guards.ts'
import { ownerRemains, holds } from '../rooms/leave.ts'
import { number, text } from '../rows.ts'
import { rankOfRole } from '../schema.ts'
import { forsaking } from './sessions.ts'

const slice = 50 // rooms or messages, before others are served
const pause = 60_000 // ms between two looks for sessions that are over
const swept = 500 // of them at a time
const attempts = 20

/** The account is no more. With `recall`, what it said goes, too. */
export function departing(person: PersonId, now: number, recall: boolean): Statement[] {
  return [
    {
      sql: `UPDATE chat_people SET kind = 'gone', name = '', name_key = NULL, password = NULL, admin = 0, avatar = NULL,
        owner = NULL, settings = '{}', hide_seen = 1, hide_typing = 1, hide_read = 1 WHERE id = ?`,
      params: [person],
    },
    { sql: 'DELETE FROM chat_sessions WHERE person = ?', params: [person] },
    {
      sql: 'INSERT OR REPLACE INTO chat_departures (person, since, recall) VALUES (?, ?, ?)',
      params: [person, now, recall ? 1 : 0],
    },
  ]
}

export class Departures {
  readonly #chat: Chat
  #cancel: (() => void) | undefined
  #working: Promise<void> | undefined
  #again = false
  #closed = false

  constructor(chat: Chat) {
    this.#chat = chat
  }

  /** Looks for sessions that are over, now and then. */
  start(): void {
    this.wake()
    this.#cancel = this.#chat.after(pause, () => this.start())
  }

  /** There is somebody to see off. */
  wake(): void {
    this.#again = true
    this.#working ??= this.#work().finally(() => (this.#working = undefined))
  }

  /** Resolves when what is under way is done, or left for the next start. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    await this.#working
  }

  async #work(): Promise<void> {
    try {
      while (this.#again && !this.#closed) {
        this.#again = false
        await this.#sweep()
        for (const { person, recall } of this.#begun()) if (!this.#closed) await this.#seeOff(person, recall)
      }
    } catch (error) {
      this.#chat.server.report(error) // and it is tried again after a pause
    }
  }

  /** Sessions that are over are forgotten, and guests who have no other. */
  async #sweep(): Promise<void> {
    const chat = this.#chat
    for (;;) {
      const now = chat.now()
      const rows = chat.rows('SELECT id, person FROM chat_sessions WHERE expires <= ? LIMIT ?', now, swept)
      if (rows.length === 0 || this.#closed) return
      const [ids, people] = ['id', 'person'].map((column) => [...new Set(rows.map((row) => text(row, column)))])
      await chat.write(
        {
          sql: 'DELETE FROM chat_sessions WHERE id IN (SELECT value FROM json_each(?))',
          params: [JSON.stringify(ids)],
        },
        ...(people ?? []).map((person) => forsaking(person, now)),
      )
      await breath()
    }
  }

  #begun(): { person: PersonId; recall: boolean }[] {
    const rows = this.#chat.rows('SELECT person, recall FROM chat_departures ORDER BY since LIMIT ?', slice)
    if (rows.length === slice) this.#again = true
    return rows.map((row) => ({ person: text(row, 'person'), recall: number(row, 'recall') !== 0 }))
  }

  async #seeOff(person: PersonId, recall: boolean): Promise<void> {
    const chat = this.#chat
    // Of a guest the name stays at what was said; somebody else can have it from now on.
    await chat.write({
      sql: `UPDATE chat_people SET kind = 'gone', name_key = NULL WHERE id = ? AND kind = 'guest'`,
      params: [person],
    })
    for (const bot of chat.rows('SELECT id FROM chat_people WHERE owner = ?', person)) {
      await chat.write(...departing(text(bot, 'id'), chat.now(), recall))
      chat.server.disconnect(text(bot, 'id'), { code: 4501, reason: 'session ended' })
      this.#again = true
    }
    if (
      !(await this.#inSlices(
        () => this.#rooms(person),
        (room) => this.#leave(room, person),
      ))
    )
      return
    if (recall && !(await this.#recallAll(person))) return
    await chat.write(
      ...['chat_marks', 'chat_blocks', 'chat_networks', 'chat_departures'].map((table) => ({
        sql: `DELETE FROM ${table} WHERE person = ?`,
        params: [person],
      })),
    )
  }

  /** False if it was told to stop. */
  async #inSlices<T>(list: () => readonly T[], work: (item: T) => Promise<void>): Promise<boolean> {
    let last: T | undefined
    for (let items = list(); items.length > 0; items = list()) {
      if (items[0] === last) throw new Error(`somebody cannot go: there remains ${String(last)}`)
      for (const item of items) {
        if (this.#closed) return false
        await work(item)
      }
      last = items[0]
      await breath()
    }
    return true
  }

  #rooms(person: PersonId): RoomId[] {
    const rows = this.#chat.rows(
      `SELECT room FROM chat_members WHERE person = ? AND instr(room, '.') = 0 LIMIT ?`,
      person,
      slice,
    )
    return rows.map((row) => text(row, 'room')).filter((room) => !isDirect(room))
  }

  /** Should others come and go at the same moment, it is looked at again. */
  async #leave(room: RoomId, person: PersonId): Promise<void> {
    const chat = this.#chat
    for (let attempt = 0; attempt < attempts; attempt++) {
      const row = chat.row('SELECT role FROM chat_members WHERE room = ? AND person = ?', room, person)
      if (row === undefined) return
      const guards = row['role'] === 'owner' ? [ownerRemains(room, person, true)] : []
      if (!guards.every((guard) => holds(chat, guard))) await this.#handOver(room, person)
      const event: MemberEvent = { type: 'member', what: 'left', by: person, time: chat.now(), person }
      if ((await chat.add({ room, event, guards: [isMember(room, person), ...guards] })) !== undefined) return
    }
  }

  /** To who comes next. */
  async #handOver(room: RoomId, person: PersonId): Promise<void> {
    const chat = this.#chat
    const heir = chat.row(
      `SELECT person, version FROM chat_members WHERE room = ? AND person <> ? ORDER BY ${rankOfRole}, since, person LIMIT 1`,
      room,
      person,
    )
    if (heir === undefined) return
    const isStill: Statement = {
      sql: 'SELECT 1 FROM chat_members WHERE room = ? AND person = ? AND version = ?',
      params: [room, text(heir, 'person'), number(heir, 'version')],
      guard: 'changed',
    }
    const event: MemberEvent = {
      type: 'member',
      what: 'role',
      by: person,
      time: chat.now(),
      person: text(heir, 'person'),
      role: 'owner',
    }
    await chat.add({ room, event, guards: [isStill] })
  }

  /** The first messages of somebody that stand there. */
  #said(room: RoomId, person: PersonId): number[] {
    const rows = this.#chat.rows(
      'SELECT offset FROM chat_messages WHERE room = ? AND author = ? AND removed IS NULL ORDER BY offset LIMIT ?',
      room,
      person,
      slice,
    )
    return rows.map((row) => number(row, 'offset'))
  }

  /** Where somebody wrote there is a mark. */
  async #recallAll(person: PersonId): Promise<boolean> {
    const chat = this.#chat
    for (let after = ''; ;) {
      const row = chat.row(
        'SELECT room FROM chat_marks WHERE person = ? AND room > ? ORDER BY room LIMIT 1',
        person,
        after,
      )
      if (row === undefined) return true
      const room = text(row, 'room')
      after = room
      const isDone = await this.#inSlices(
        () => this.#said(room, person),
        async (of) => {
          const event = { type: 'recall', of, by: person, time: chat.now() } as const
          await chat.add({ room, event, guards: [stands(room, of)] })
        },
      )
      if (!isDone) return false
    }
  }
}

function isMember(room: RoomId, person: PersonId): Statement {
  return { sql: 'SELECT 1 FROM chat_members WHERE room = ? AND person = ?', params: [room, person], guard: 'changed' }
}

/** Others are served. */
const breath = () => new Promise<void>((resolve) => setImmediate(resolve))
