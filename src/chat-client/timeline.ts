/**
 * A stretch of a room as it now reads: messages without a hole between the
 * first and the last, and what the log says since. Pure: entries go in, a new
 * list comes out, and what did not change is the same object as before, so
 * that a page draws only what did.
 *
 * An entry may come that is in the page already (the page is read after its
 * position): each message knows the last entry that it contains.
 */
import type { Entry } from './link.ts'
import type { Attachment, MessageView, ReactionView, RoomEvent } from './types.ts'

/** Somebody came, went, or changed the room: shown between messages. */
export interface Notice {
  readonly offset: number
  readonly event: Extract<RoomEvent, { type: 'member' | 'room' }>
}

export interface Timeline {
  readonly room: string
  readonly messages: readonly MessageView[] // in the order of the room
  readonly notices: readonly Notice[]
  /** Nothing lies before the first, and nothing behind the last. */
  readonly begin: boolean
  readonly end: boolean
  /** The last entry that is taken into account. */
  readonly position: number
}

export function emptyTimeline(room: string, position = 0): Timeline {
  return { room, messages: [], notices: [], begin: true, end: true, position }
}

/** The log goes on by one entry. @param me whose reactions are mine */
export function apply(timeline: Timeline, { data, offset }: Entry, me: string): Timeline {
  const event = eventOf(data)
  if (event === undefined || offset <= timeline.position) return timeline
  const next = { ...timeline, position: offset }
  switch (event.type) {
    case 'message':
      // Where the stretch does not reach to the end, it must not get a hole: the reader loads what comes behind.
      return timeline.end
        ? { ...next, messages: added(timeline.messages, messageOf(event, offset, timeline.room)) }
        : next
    case 'member':
    case 'room':
      return timeline.end ? { ...next, notices: [...timeline.notices, { offset, event }] } : next
    case 'edit':
    case 'recall':
    case 'reaction':
    case 'pin':
    case 'preview':
      return { ...next, messages: changed(timeline.messages, event, offset, me) }
  }
}

/** Older or newer messages are put to it. What overlaps is taken as the newer version says. */
export function join(
  timeline: Timeline,
  messages: readonly MessageView[],
  ends: { readonly begin?: boolean; readonly end?: boolean },
  notices: readonly Notice[] = [],
): Timeline {
  const known = new Map(timeline.messages.map((message) => [message.offset, message]))
  for (const message of messages) {
    const mine = known.get(message.offset)
    if (mine === undefined || mine.version < message.version) known.set(message.offset, message)
  }
  const both = new Map([...timeline.notices, ...notices].map((notice) => [notice.offset, notice]))
  return {
    ...timeline,
    messages: [...known.values()].toSorted(byOffset),
    notices: [...both.values()].toSorted(byOffset),
    begin: ends.begin ?? timeline.begin,
    end: ends.end ?? timeline.end,
  }
}

/** Lets go of what is farther than `keep` messages from one end. */
export function trimmed(timeline: Timeline, keep: number, from: 'begin' | 'end'): Timeline {
  const { messages, notices } = timeline
  if (messages.length <= keep) return timeline
  const kept = from === 'begin' ? messages.slice(-keep) : messages.slice(0, keep)
  const [first, last] = [kept[0]?.offset ?? 0, kept.at(-1)?.offset ?? 0]
  return {
    ...timeline,
    messages: kept,
    notices: notices.filter(({ offset }) => offset >= first && (from === 'begin' || offset <= last)),
    ...(from === 'begin' ? { begin: false } : { end: false }),
  }
}

const byOffset = (one: { readonly offset: number }, other: { readonly offset: number }) => one.offset - other.offset

function added(messages: readonly MessageView[], message: MessageView): readonly MessageView[] {
  const last = messages.at(-1)
  if (last !== undefined && last.offset >= message.offset) return messages // the page has it
  const { reply } = message
  const original = reply && messages.find(({ offset }) => offset === reply.offset)
  const quote = original && {
    offset: original.offset,
    from: original.from,
    text: excerpt(original.text),
    removed: original.removed !== undefined,
  }
  return [...messages, quote === undefined ? message : { ...message, reply: quote }]
}

function changed(
  messages: readonly MessageView[],
  event: Exclude<RoomEvent, { type: 'message' | 'member' | 'room' }>,
  offset: number,
  me: string,
): readonly MessageView[] {
  let any = false
  const list = messages.map((message) => {
    const now =
      message.offset === event.of && message.version < offset
        ? changedMessage(message, event, offset, me)
        : quoting(message, event)
    any ||= now !== message
    return now
  })
  return any ? list : messages
}

function changedMessage(
  message: MessageView,
  event: Exclude<RoomEvent, { type: 'message' | 'member' | 'room' }>,
  version: number,
  me: string,
): MessageView {
  switch (event.type) {
    case 'edit':
      return {
        ...message,
        version,
        text: event.text,
        edited: event.time,
        mentions: [...(event.mentions ?? [])],
        everyone: event.everyone ?? false,
      }
    case 'recall':
      return tombstone(message, event, version)
    case 'reaction':
      return { ...message, version, reactions: reacted(message.reactions, event, me) }
    case 'pin':
      return { ...message, version, pinned: event.on }
    case 'preview':
      return {
        ...message,
        version,
        previews: event.previews.map(({ image, ...preview }) => ({
          ...preview,
          ...(image && { image: copied(image) }),
        })),
      }
  }
}

/** Of a message that was taken back nothing is left but that it was there. */
function tombstone(
  { room, offset, id, from, as, time }: MessageView,
  { by, time: when }: { readonly by: string; readonly time: number },
  version: number,
): MessageView {
  const nothing = { text: '', mentions: [], everyone: false, files: [], previews: [], reactions: [], pinned: false }
  return { room, offset, version, id, from, time, ...(as && { as }), ...nothing, removed: { by, time: when } }
}

/** A quote says what its message says. */
function quoting(
  message: MessageView,
  event: { readonly type: string; readonly of: number; readonly text?: string },
): MessageView {
  const { reply } = message
  if (reply?.offset !== event.of) return message
  if (event.type === 'recall') return { ...message, reply: { ...reply, text: '', removed: true } }
  if (event.type === 'edit') return { ...message, reply: { ...reply, text: excerpt(event.text ?? '') } }
  return message
}

function reacted(
  reactions: readonly ReactionView[],
  { emoji, by, on }: { readonly emoji: string; readonly by: string; readonly on: boolean },
  me: string,
): ReactionView[] {
  const old = reactions.find((each) => each.emoji === emoji) ?? { emoji, count: 0, mine: false, people: [] }
  const people = on ? [...old.people, by] : old.people.filter((each) => each !== by)
  const now = { ...old, count: old.count + (on ? 1 : -1), mine: by === me ? on : old.mine, people }
  const others = reactions.filter((each) => each.emoji !== emoji)
  if (now.count <= 0) return others
  return old.count === 0 ? [...others, now] : reactions.map((each) => (each.emoji === emoji ? now : each))
}

/** A message as it reads when it is new. */
export function messageOf(event: Extract<RoomEvent, { type: 'message' }>, offset: number, room: string): MessageView {
  const { id, by, time, text, reply, mentions = [], everyone = false, files = [], forwarded, as } = event
  return {
    room,
    offset,
    version: offset,
    id,
    from: by,
    time,
    text,
    ...(as && { as: { ...as, ...(as.avatar !== undefined && { avatar: `/files/${as.avatar}/thumbnail` }) } }),
    ...(reply !== undefined && { reply: { offset: reply, from: '', text: '', removed: false } }),
    ...(forwarded && { forwarded: { ...forwarded } }),
    mentions: [...mentions],
    everyone,
    files: files.map(copied),
    previews: [],
    reactions: [],
    pinned: false,
  }
}

function copied({ waveform, ...file }: Attachment): MessageView['files'][number] {
  return { ...file, ...(waveform && { waveform: [...waveform] }) }
}

/** The beginning of a text, in one line. */
export function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const characters = Array.from(line.slice(0, 300))
  return characters.length > 140 ? `${characters.slice(0, 139).join('')}…` : characters.join('')
}

/** An entry of a room, which only the server writes; undefined for one of a kind that this version does not know. */
export function eventOf(data: unknown): RoomEvent | undefined {
  if (typeof data !== 'object' || data === null || !('type' in data)) return undefined
  return kinds.has(String(data.type)) ? (data as RoomEvent) : undefined
}

const kinds: ReadonlySet<string> = new Set<RoomEvent['type']>([
  'message',
  'edit',
  'recall',
  'reaction',
  'pin',
  'preview',
  'member',
  'room',
])
