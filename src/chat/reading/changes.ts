/**
 * What happened in a room since a position, for who does not follow it live. Who
 * was away too long, or knows another log, takes a new page instead: that is
 * less than all that has happened.
 */
import { ClientError, errors, type History } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { channelOf, eventOf, type RoomEvent, type RoomId } from '../events.ts'
import { findPeople, type Person, personView } from '../people/person.ts'
import { peopleOf } from './notices.ts'
import type { EntryView, PersonView, PositionView } from '../views.ts'

const maxBehind = 1000 // entries
export const maxEntries = 500 // of one answer

export type Changes =
  | { readonly reset: true }
  | {
      readonly reset: false
      readonly entries: EntryView[]
      readonly people: PersonView[]
      /** Up to where this goes: ask again from here. */
      readonly position: PositionView
      readonly more: boolean
    }

/** @throws ChatError */
export async function changes(
  chat: Chat,
  person: Person,
  room: RoomId,
  since: PositionView,
  limit: number,
): Promise<Changes> {
  chat.demand('see', room, person)
  const history = await readSince(chat, room, since, limit)
  chat.demand('see', room, person) // what is handed out is decided on now
  if (history === undefined || history.offset - since.offset > maxBehind) return { reset: true }
  const { publications, offset: top, epoch } = history
  const found = publications.flatMap(({ offset, data }) => {
    const event = eventOf(data)
    return event === undefined ? [] : [{ offset, event }]
  })
  const offset = publications.at(-1)?.offset ?? since.offset
  return {
    reset: false,
    entries: found.map((entry) => ({ offset: entry.offset, event: { ...entry.event } })),
    people: findPeople(chat, found.flatMap(namedIn)).map(personView),
    position: { offset, epoch },
    more: offset < top,
  }
}

/** Undefined if that place is not in the log any more, or never was. */
async function readSince(chat: Chat, room: RoomId, since: PositionView, limit: number): Promise<History | undefined> {
  try {
    const history = await chat.server.history(channelOf(room), { since, limit })
    const isWhole = (history.publications[0]?.offset ?? since.offset + 1) === since.offset + 1
    return isWhole && history.offset >= since.offset ? history : undefined
  } catch (error) {
    if (error instanceof ClientError && error.code === errors.unrecoverablePosition().code) return undefined
    throw error
  }
}

function namedIn({ event }: { readonly event: RoomEvent }): string[] {
  if (event.type === 'message' || event.type === 'edit') return [event.by, ...(event.mentions ?? [])]
  return [event.by, ...peopleOf(event)]
}
