/** What somebody is to others, and to themselves: name, picture, what is told of them, and settings of the apps. */
import type { Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { PersonId } from '../events.ts'
import { flag, record } from '../rows.ts'
import { quietUntil } from '../reading/settings.ts'
import { orNameTaken } from './enter.ts'
import { keyOf, nameOf } from './names.ts'
import { noPicture, ownPicture } from './own-picture.ts'
import { findPeople, findPerson, type Person, personColumns, personView, toPerson } from './person.ts'

const settingsSize = 16_384 // characters of JSON
const candidates = 500 // people of a name that are looked through for some whom one knows

export function whoAmI(chat: Chat, me: Person) {
  const row = chat.row('SELECT hide_seen, hide_typing, hide_read, settings FROM chat_people WHERE id = ?', me.id)
  if (row === undefined) throw new ChatError('gone')
  return {
    person: personView(me),
    admin: me.admin,
    hideSeen: flag(row, 'hide_seen'),
    hideTyping: flag(row, 'hide_typing'),
    hideRead: flag(row, 'hide_read'),
    quietUntil: quietUntil(chat, me),
    settings: record(row, 'settings'),
  }
}

/** Who is not there is left out. */
export function getPeople(chat: Chat, ids: readonly PersonId[]) {
  return { people: findPeople(chat, ids).map(personView) }
}

/** Those whose names begin so, of whom one shares a room with. */
export function searchPeople(chat: Chat, me: Person, beginning: string, limit: number) {
  const rows = chat.rows(
    `SELECT ${personColumns} FROM (
       SELECT * FROM chat_people WHERE name_key >= ?2 AND name_key < ?2 || char(1114111) ORDER BY name_key LIMIT ?3) p
     WHERE p.id <> ?1 AND EXISTS (SELECT 1 FROM chat_members a
       JOIN chat_members b ON b.room = a.room AND b.person = p.id WHERE a.person = ?1)
     ORDER BY p.name_key LIMIT ?4`,
    me.id,
    keyOf(beginning),
    candidates,
    limit,
  )
  return { people: rows.map((row) => personView(toPerson(row))) }
}

/** The former name is free for others from that moment on. @throws ChatError `badName`, `nameTaken` */
export async function rename(chat: Chat, person: PersonId, written: string) {
  const name = nameOf(written)
  const statement: Statement = {
    sql: 'UPDATE OR IGNORE chat_people SET name = ?2, name_key = ?3 WHERE id = ?1 RETURNING 1',
    params: [person, name.shown, name.key],
    guard: 'name',
  }
  await orNameTaken(chat, name, chat.write(statement))
  return told(chat, person)
}

/** A picture that this person has sent; null for one that is drawn from the name. @throws ChatError `notFound` */
export async function wear(chat: Chat, me: Person, file: string | null) {
  const isMine: Statement[] = file === null ? [] : [ownPicture(file, me.id)]
  const set = { sql: 'UPDATE chat_people SET avatar = ?2 WHERE id = ?1', params: [me.id, file] }
  if (!(await chat.attempt(...isMine, set))) throw noPicture()
  return told(chat, me.id)
}

export interface Privacy {
  readonly hideSeen?: boolean | undefined
  readonly hideTyping?: boolean | undefined
  readonly hideRead?: boolean | undefined
}

export async function setPrivacy(chat: Chat, me: Person, { hideSeen, hideTyping, hideRead }: Privacy) {
  const asNumber = (value: boolean | undefined) => (value === undefined ? null : Number(value))
  await chat.write({
    sql: `UPDATE chat_people SET hide_seen = coalesce(?2, hide_seen), hide_typing = coalesce(?3, hide_typing),
      hide_read = coalesce(?4, hide_read) WHERE id = ?1`,
    params: [me.id, asNumber(hideSeen), asNumber(hideTyping), asNumber(hideRead)],
  })
  if (hideSeen !== undefined) chat.live.showsItself(me.id, !hideSeen)
  return {}
}

/** What is there replaces what was there under the same name; null takes it away (RFC 7396). @throws ChatError `tooLarge` */
export async function setSettings(chat: Chat, me: Person, settings: Readonly<Record<string, unknown>>) {
  const isDone = await chat.attempt({
    sql: `UPDATE chat_people SET settings = json_patch(settings, ?2)
      WHERE id = ?1 AND length(json_patch(settings, ?2)) <= ?3 RETURNING 1`,
    params: [me.id, JSON.stringify(settings), settingsSize],
    guard: 'changed',
  })
  if (!isDone) throw new ChatError('tooLarge', { message: `Settings have at most ${settingsSize} characters of JSON` })
  return { settings: whoAmI(chat, me).settings }
}

/** As it is now, to whoever asked and to all other devices. */
function told(chat: Chat, id: PersonId) {
  const person = findPerson(chat, id)
  if (person === undefined) throw new ChatError('gone')
  const view = personView(person)
  chat.live.tell(id, { type: 'me', person: view })
  return { person: view }
}
