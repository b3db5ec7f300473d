/**
 * What is told to who is there, and kept nowhere: new messages to the inboxes of
 * the members, who is there and who writes to those who look at the room. All of
 * it says how things are now. Whoever was away asks.
 */
import { json } from '../../index.ts'
import type { Chat } from '../chat.ts'
import {
  channelOf,
  directRoom,
  inboxOf,
  type LiveEvent,
  type PersonId,
  type Presence,
  type RoomEvent,
  type RoomId,
} from '../events.ts'
import type { Person } from '../people/person.ts'
import { flag, number, text } from '../rows.ts'
import { rankOfRole } from '../schema.ts'
import type { InboxEvent } from '../views.ts'
import { Batches } from './batches.ts'
import { excerpt } from './excerpt.ts'
import { Online } from './online.ts'

type Activity = Extract<InboxEvent, { type: 'activity' }>
type News = { readonly message: Activity['messages'][number] } | { readonly removed: number }

const activityPause = 200 // ms
const presencePause = 1000
const reportsPause = 200
const perActivity = 50 // messages; who gets more asks for the room
const toldOfReports = 200 // of who moderates a room, the highest first
const namedOnline = 200 // in a room with more people online, only their number is told

export class Live {
  readonly online: Online
  readonly #chat: Chat
  readonly #activity: Batches<News>
  readonly #presence: Batches<Presence>
  readonly #reports: Batches<undefined>

  constructor(chat: Chat) {
    this.#chat = chat
    const after = (delay: number, call: () => void) => chat.after(delay, call)
    this.online = new Online({
      after,
      roomsOf: (person) =>
        chat.rows('SELECT room FROM chat_members WHERE person = ?', person).map((row) => text(row, 'room')),
      changed: (person, online, rooms) => this.#changed(person, online, rooms),
    })
    this.#activity = new Batches(activityPause, after, (room, news) => this.#tellActivity(room, news))
    this.#presence = new Batches(presencePause, after, (room, changes) => this.#tellPresence(room, changes))
    this.#reports = new Batches(reportsPause, after, (room) => this.#tellReports(room))
    chat.listen((room, event, { offset }, by) => this.#hear(room, event, offset, by))
  }

  /** To all devices of somebody. */
  tell(person: PersonId, event: InboxEvent): void {
    if (this.online.isOnline(person)) this.#publish(inboxOf(person), event)
  }

  /** To who looks at a room. */
  tellRoom(room: RoomId, event: LiveEvent): void {
    this.#publish(channelOf(room), event)
  }

  /** Something of a room was reported, or a report is done with. */
  reported(room: RoomId): void {
    this.#reports.add(room, undefined)
  }

  /** Somebody who is there wants it to be seen, or no longer: it is so at once. */
  showsItself(person: PersonId, shown: boolean): void {
    const unwanted = this.#unwanted(person)
    for (const room of this.online.roomsOf(person))
      if (!unwanted.has(room)) this.#presence.add(room, { person, online: shown })
  }

  close(): void {
    this.online.close()
    this.#activity.close()
    this.#presence.close()
    this.#reports.close()
  }

  #hear(room: RoomId, event: RoomEvent, offset: number, by: Person | undefined): void {
    if (event.type === 'recall') this.#activity.add(room, { removed: event.of })
    if (event.type === 'message') {
      const { time, files = [], mentions = [], everyone = false, as } = event
      const name = as?.name ?? by?.name ?? ''
      const message = {
        offset,
        time,
        from: event.by,
        name,
        text: excerpt(event.text),
        files: files.length,
        mentions: [...mentions],
        everyone,
      }
      this.#activity.add(room, { message })
    }
    if (event.type === 'room') for (const { person } of event.members ?? []) this.online.member(room, person, true)
    if (event.type !== 'member') return
    const joined = event.what === 'joined'
    const left = event.what === 'left' || event.what === 'kicked' || event.what === 'banned'
    if (joined || left) this.online.member(room, event.person, joined)
  }

  #tellActivity(room: RoomId, news: readonly News[]): void {
    const messages = news.flatMap((each) => ('message' in each ? [each.message] : []))
    const removed = news.flatMap((each) => ('removed' in each ? [each.removed] : []))
    for (let at = 0; at === 0 || at < messages.length; at += perActivity) {
      const event: Activity = {
        type: 'activity',
        room,
        messages: messages.slice(at, at + perActivity),
        removed: at === 0 ? removed : [],
      }
      this.#broadcast([...this.online.in(room)].map(inboxOf), event)
    }
  }

  #changed(person: PersonId, online: boolean, rooms: ReadonlySet<RoomId>): void {
    const row = this.#chat.row('SELECT hide_seen, seen FROM chat_people WHERE id = ?', person)
    if (row === undefined) return
    const now = this.#chat.now()
    if (!online && now - number(row, 'seen') >= 60_000)
      void this.#chat
        .write({ sql: 'UPDATE chat_people SET seen = ?2 WHERE id = ?1', params: [person, now] })
        .catch((error: unknown) => this.#chat.server.report(error))
    const hidden = flag(row, 'hide_seen')
    const unwanted = this.#unwanted(person)
    for (const room of rooms)
      if (!unwanted.has(room))
        this.#presence.add(room, { person: hidden ? '' : person, online, ...(!online && !hidden && { seen: now }) })
  }

  /** The rooms of two with those who are blocked: they are not told. */
  #unwanted(person: PersonId): ReadonlySet<RoomId> {
    const blocked = this.#chat.rows('SELECT blocked FROM chat_blocks WHERE person = ?', person)
    return new Set(blocked.map((row) => directRoom(person, text(row, 'blocked'))))
  }

  #tellPresence(room: RoomId, changes: readonly Presence[]): void {
    const { size } = this.online.in(room)
    const last = new Map(changes.filter(({ person }) => person !== '').map((change) => [change.person, change]))
    this.tellRoom(room, { type: 'presence', online: size, changes: size > namedOnline ? [] : [...last.values()] })
  }

  /** Not what they say: each who is told asks, and is answered what they may see. */
  #tellReports(room: RoomId): void {
    const rows = this.#chat.rows(
      `SELECT person FROM chat_members WHERE room = ? AND ${rankOfRole} < 3
       ORDER BY ${rankOfRole}, since, person LIMIT ?`,
      room,
      toldOfReports,
    )
    const there = rows.map((row) => text(row, 'person')).filter((person) => this.online.isOnline(person))
    this.#broadcast(there.map(inboxOf), { type: 'reports', room })
  }

  #publish(channel: string, event: InboxEvent | LiveEvent): void {
    void this.#chat.server
      .publish(channel, event, { skipHistory: true })
      .catch((error: unknown) => this.#chat.server.report(error))
  }

  #broadcast(channels: readonly string[], event: InboxEvent): void {
    if (channels.length === 0) return
    void this.#chat.server
      .broadcast(channels, json(JSON.stringify(event)), { skipHistory: true })
      .catch((error: unknown) => this.#chat.server.report(error))
  }
}
