/**
 * Looks for messages, the newest first. The index is asked block by block (see
 * search-scope.ts), so that a search keeps nobody waiting: what was not found
 * after so many blocks is looked for when the next page is asked for.
 */
import type { Chat } from '../chat.ts'
import type { Person } from '../people/person.ts'
import { number } from '../rows.ts'
import type { MessageView, PersonView } from '../views.ts'
import { type Snippet, snippet } from './highlights.ts'
import { rowsOfKeys } from './message-rows.ts'
import { messageViews } from './message-views.ts'
import { inBody, inScope, type Plan, planSearch } from './search-plan.ts'
import { blockOf, blockSize, inBlock } from './search-scope.ts'

export interface Search {
  readonly query: string
  readonly room?: string | undefined
  readonly limit: number
  readonly before?: string | undefined
  readonly utcOffset: number
}

export interface Found {
  readonly hits: { message: MessageView; snippet: Snippet }[]
  readonly people: PersonView[]
  readonly next?: string | undefined
}

const maxBlocks = 64 // of one page: four million messages

/** @throws ChatError */
export async function search(chat: Chat, me: Person, asked: Search): Promise<Found> {
  const plan = chat.server.snapshot(() => planSearch(chat, me, asked))
  const { keys, next } = await look(
    chat,
    plan,
    asked.limit,
    asked.before === undefined ? plan.end : Number(asked.before),
  )
  const rows = chat.server.snapshot(() => {
    if (plan.room !== undefined) chat.demand('see', plan.room, me) // what is handed out is decided on now
    return rowsOfKeys(chat, keys, { member: me.id, room: plan.room })
  })
  const { messages, people } = messageViews(chat, me.id, rows)
  return {
    hits: messages.map((message) => ({ message, snippet: snippet(message.text, plan.query) })),
    people,
    ...(next !== undefined && { next: String(next) }),
  }
}

async function look(chat: Chat, plan: Plan, limit: number, before: number) {
  const keys: number[] = []
  let end = Math.min(before, plan.end)
  for (let blocks = 0; end > plan.begin && blocks < maxBlocks; blocks++) {
    if (blocks > 0) await turn()
    const block = blockOf(end - 1)
    keys.push(...keysIn(chat, plan, block, end, limit + 1 - keys.length))
    if (keys.length > limit) return { keys: keys.slice(0, limit), next: keys[limit - 1] }
    end = skip(chat, plan, block * blockSize)
  }
  return { keys, next: end > plan.begin ? end : undefined }
}

function keysIn(chat: Chat, { scope, body, begin }: Plan, block: number, end: number, limit: number): number[] {
  const scoped = inScope(`(${[...scope, inBlock(block)].join(' AND ')})`)
  return rowids(chat, [scoped, ...body.map((each) => inBody(`(${each})`))].join(' AND '), begin, end, limit)
}

/** Behind the newest place, before `end`, where something can be: where all that is needed was already. */
function skip(chat: Chat, { needs, begin }: Plan, end: number): number {
  let next = end
  for (const need of needs) {
    if (next <= begin) break
    const [newest] = rowids(chat, need, begin, next, 1)
    next = newest === undefined ? begin : newest + 1
  }
  return next
}

/** Of rows of the index from `begin` to before `end`, the newest first. */
function rowids(chat: Chat, expression: string, begin: number, end: number, limit: number): number[] {
  return chat
    .rows(
      `SELECT rowid AS key FROM chat_search
       WHERE chat_search MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?`,
      expression,
      begin,
      end,
      limit,
    )
    .map((row) => number(row, 'key'))
}

/** Lets others have their turn. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
