/** Messages as readers get them: a whole page with three queries, however much there is on it. */
import type { SqlRow } from '../../index.ts'
import type { Chat } from '../chat.ts'
import type { PersonId, Preview } from '../events.ts'
import { excerpt } from '../live/excerpt.ts'
import type { Extra } from '../messages/find.ts'
import { findPeople, personView } from '../people/person.ts'
import { flag, number, numberOrNull, record, text, textOrNull } from '../rows.ts'
import type { MessageView, PersonView, ReactionView } from '../views.ts'

export interface MessageViews {
  readonly messages: MessageView[]
  /** Everybody whom the messages name. */
  readonly people: PersonView[]
}

/**
 * @param me who reads; the own reactions are marked
 * @param rows of `message-rows.ts`; the views are in their order
 * @param others who is to be among the people, too
 */
export function messageViews(
  chat: Chat,
  me: PersonId,
  rows: readonly SqlRow[],
  others: readonly PersonId[] = [],
): MessageViews {
  const reactions = reactionsTo(chat, me, rows)
  const messages = rows.map((row) => view(row, reactions.get(key(row)) ?? []))
  return { messages, people: findPeople(chat, [...messages.flatMap(namedIn), ...others]).map(personView) }
}

function view(row: SqlRow, reactions: ReactionView[]): MessageView {
  const extra: Extra & { readonly previews?: readonly Preview[] } = record(row, 'extra')
  const { mentions = [], files = [], previews = [], forwarded, as } = extra
  const [edited, removed] = [numberOrNull(row, 'edited'), numberOrNull(row, 'removed')]
  return {
    room: text(row, 'room'),
    offset: number(row, 'offset'),
    version: number(row, 'version'),
    id: text(row, 'client_id'),
    from: text(row, 'author'),
    ...(as && { as: { ...as, ...(as.avatar !== undefined && { avatar: `/files/${as.avatar}/thumbnail` }) } }),
    time: number(row, 'time'),
    text: text(row, 'text'),
    ...(edited !== null && removed === null && { edited }),
    ...(removed !== null && { removed: { by: text(row, 'removed_by'), time: removed } }),
    ...(removed === null && quote(row)),
    ...(forwarded && { forwarded }),
    mentions: [...mentions],
    everyone: flag(row, 'everyone'),
    files: files.map((file) => ({ ...file, waveform: file.waveform && [...file.waveform] })),
    previews: previews.map((preview) => ({
      ...preview,
      image: preview.image && { ...preview.image, waveform: undefined },
    })),
    reactions,
    pinned: flag(row, 'pinned'),
  }
}

/** What it answers. Of something that is no longer there at all, only where it was. */
function quote(row: SqlRow): Pick<MessageView, 'reply'> {
  const offset = numberOrNull(row, 'reply')
  if (offset === null) return {}
  const from = textOrNull(row, 'reply_author')
  if (from === null) return { reply: { offset, from: '', text: '', removed: true } }
  const removed = numberOrNull(row, 'reply_removed') !== null
  return { reply: { offset, from, text: excerpt(textOrNull(row, 'reply_text') ?? ''), removed } }
}

const shown = 8 // people of a reaction who are named

/** By message, in the order in which they were first put there. */
function reactionsTo(chat: Chat, me: PersonId, rows: readonly SqlRow[]): ReadonlyMap<string, ReactionView[]> {
  const found = chat.rows(
    `SELECT room, of AS offset, emoji, count(*) AS count, max(person = ?2) AS mine, min(at) AS first,
       json_group_array(person) FILTER (WHERE nth <= ${shown}) AS people
     FROM (SELECT x.room, x.of, x.emoji, x.person, x.offset AS at,
         row_number() OVER (PARTITION BY x.room, x.of, x.emoji ORDER BY x.person) AS nth
       FROM json_each(?1) w
       CROSS JOIN chat_reactions x ON x.room = w.value ->> 0 AND x.of = w.value ->> 1)
     GROUP BY room, of, emoji ORDER BY first`,
    JSON.stringify(rows.map((row) => [text(row, 'room'), number(row, 'offset')])),
    me,
  )
  const byMessage = new Map<string, ReactionView[]>()
  for (const row of found) {
    const people: string[] = JSON.parse(text(row, 'people'))
    const reaction = { emoji: text(row, 'emoji'), count: number(row, 'count'), mine: flag(row, 'mine'), people }
    const list = byMessage.get(key(row))
    if (list === undefined) byMessage.set(key(row), [reaction])
    else list.push(reaction)
  }
  return byMessage
}

const key = (row: SqlRow): string => `${text(row, 'room')} ${number(row, 'offset')}`

function namedIn({ from, mentions, reply, removed, forwarded, reactions }: MessageView): PersonId[] {
  const others = [reply?.from, removed?.by, forwarded?.from].filter((person) => person !== undefined)
  return [from, ...mentions, ...others, ...reactions.flatMap(({ people }) => people)]
}
