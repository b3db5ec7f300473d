/**
 * Bots: people whose programs come with a token. Each has an owner, who makes
 * tokens and takes them back; a bot does nothing that its owner may not, and
 * goes with its owner.
 */
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { PersonId } from '../events.ts'
import { number, text } from '../rows.ts'
import { enterLobby } from '../rooms/lobby.ts'
import { demandHuman, remove } from './account.ts'
import { add, newPerson } from './enter.ts'
import { nameOf } from './names.ts'
import { type Person, personColumns, personView, toPerson } from './person.ts'
import { disconnectEnded, newBotToken } from './sessions.ts'

const limit = 20 // bots of one person
const tokens = 20 // of one bot

/** With a first token, which is shown this once. @throws ChatError `badName`, `nameTaken`, `full`, `forbidden` */
export async function createBot(chat: Chat, me: Person, written: string) {
  demandHuman(me)
  if (me.kind !== 'member')
    throw new ChatError('forbidden', { message: 'A bot needs an owner who stays: give your name a password first' })
  const counted = {
    sql: `SELECT 1 WHERE (SELECT count(*) FROM chat_people WHERE owner = ?) < ?`,
    params: [me.id, limit],
  }
  if (chat.row(counted.sql, ...counted.params) === undefined)
    throw new ChatError('full', { message: `You can have ${limit} bots` })
  const made = newPerson(chat, nameOf(written), 'bot', null, me.id)
  const { token, statement } = newBotToken(chat, made.id, 'first')
  const bot = await add(chat, made, { ...counted, guard: 'full' }, statement)
  await enterLobby(chat, bot)
  return { person: personView(bot), token }
}

export function listBots(chat: Chat, me: Person) {
  const rows = chat.rows(`SELECT ${personColumns} FROM chat_people p WHERE owner = ? ORDER BY name_key`, me.id)
  return {
    bots: rows.map((row) => {
      const bot = toPerson(row)
      return { person: personView(bot), tokens: tokensOf(chat, bot.id) }
    }),
  }
}

/** Another token, which is shown this once. @throws ChatError `notFound`, `full` */
export async function createToken(chat: Chat, me: Person, bot: PersonId, label: string) {
  demandOwner(chat, me, bot)
  const { id, token, statement } = newBotToken(chat, bot, label)
  const isDone = await chat.attempt(
    {
      sql: `SELECT 1 FROM chat_people WHERE id = ?1 AND owner = ?2
        AND (SELECT count(*) FROM chat_sessions WHERE person = ?1) < ?3`,
      params: [bot, me.id, tokens],
      guard: 'changed',
    },
    statement,
  )
  if (!isDone) throw new ChatError('full', { message: `A bot has at most ${tokens} tokens; take one back first` })
  return { id, token }
}

/** Whoever comes with it is nobody from here on, and is disconnected. @throws ChatError `notFound` */
export async function revokeToken(chat: Chat, me: Person, bot: PersonId, id: string) {
  demandOwner(chat, me, bot)
  await chat.write({ sql: 'DELETE FROM chat_sessions WHERE id = ? AND person = ?', params: [id, bot] })
  disconnectEnded(chat, bot)
  return {}
}

/** @throws ChatError `notFound` */
export async function removeBot(chat: Chat, me: Person, bot: PersonId) {
  demandOwner(chat, me, bot)
  await remove(chat, bot, false, me.id)
  return {}
}

/** @throws ChatError `notFound` */
export function demandOwner(chat: Chat, me: Person, bot: PersonId): void {
  const row = chat.row(`SELECT 1 FROM chat_people WHERE id = ? AND owner = ? AND kind = 'bot'`, bot, me.id)
  if (row === undefined) throw new ChatError('notFound', { message: 'You have no such bot' })
}

function tokensOf(chat: Chat, bot: PersonId) {
  return chat
    .rows('SELECT id, label, created, seen FROM chat_sessions WHERE person = ? ORDER BY created LIMIT ?', bot, tokens)
    .map((row) => ({
      id: text(row, 'id'),
      label: text(row, 'label'),
      created: number(row, 'created'),
      seen: number(row, 'seen'),
    }))
}
