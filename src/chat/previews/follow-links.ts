/**
 * Looks at the links of what is said, and tells the room what they lead to: in
 * an entry of its own, when it has come. Nobody waits for it.
 *
 *   message, edit ──links──▶ Previews ──▶ pictures are kept ──▶ entry `preview`
 *                                                                   │ the text is another now, or
 *                                                                   ▼ something was shown meanwhile
 *                                                               looked at anew, or left
 *
 * An entry says all that is shown below a message. So an edit that leaves the
 * links alone changes nothing, and one that takes the last of them away is
 * followed by an entry without any. What ends with the server is not made up
 * for: the message is there without it.
 */
import type { Statement } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { ChatError } from '../errors.ts'
import type { Attachment, PersonId, Preview, RoomId } from '../events.ts'
import { stands } from '../guards.ts'
import { text, textOrNull } from '../rows.ts'
import { links } from './links.ts'
import { preview, type Preview as Found } from './preview.ts'
import { Previews } from './previews.ts'
import { smallPicture } from './small-picture.ts'

/** Where pictures are kept. */
export interface Keeper {
  keep(name: string, type: string, content: Uint8Array): Promise<Attachment>
}

/** Begins to listen. Returns how to end it: when that resolves, nothing is under way any more. */
export function followLinks(chat: Chat, keeper: Keeper): () => Promise<void> {
  const follower = new Follower(chat, keeper)
  chat.listen((room, event, { offset }) => {
    if (event.type === 'message' && links(event.text).length > 0) follower.follow(room, offset, event.by)
    if (event.type === 'edit') follower.follow(room, event.of, event.by)
  })
  return () => follower.close()
}

/** A message, as it was when its links were looked at. */
interface Seen {
  readonly text: string
  readonly shown: string | null // JSON, as it stands in the table
}

class Follower {
  readonly #chat: Chat
  readonly #keeper: Keeper
  readonly #previews: Previews
  readonly #underway = new Set<Promise<void>>()
  #isClosed = false

  constructor(chat: Chat, keeper: Keeper) {
    const outgoing = chat.outgoing()
    this.#chat = chat
    this.#keeper = keeper
    this.#previews = new Previews({ make: (url, signal) => preview(outgoing, url, signal) })
  }

  follow(room: RoomId, offset: number, by: PersonId): void {
    if (this.#isClosed) return
    const work: Promise<void> = this.#follow(room, offset, by)
      .catch((error: unknown) => this.#chat.server.report(error))
      .finally(() => this.#underway.delete(work))
    this.#underway.add(work)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#previews.close()
    await Promise.all(this.#underway)
  }

  async #follow(room: RoomId, offset: number, by: PersonId): Promise<void> {
    const kept = new Map<string, Preview>() // by URL: a picture is kept once, however often it is tried
    const pages = new Map<string, Promise<Found | undefined>>()
    for (let attempt = 0; attempt < attempts; attempt++) {
      const seen = this.#look(room, offset)
      if (seen === undefined) return
      const shown = previewsIn(seen)
      for (const each of shown) kept.set(each.url, each)
      const wanted = links(seen.text)
      for (const url of wanted) if (!kept.has(url) && !pages.has(url)) pages.set(url, this.#page(url, by))
      const found = await Promise.all(wanted.flatMap((url) => pages.get(url) ?? []))
      if (this.#isClosed || !isSame(seen, this.#look(room, offset))) continue // before anything is kept for it
      for (const page of found)
        if (page !== undefined && !kept.has(page.url)) kept.set(page.url, await this.#keep(page))
      const previews = wanted.flatMap((url) => kept.get(url) ?? [])
      if (previews.length === shown.length && previews.every((each, at) => each === shown[at])) return
      const event = { type: 'preview', of: offset, by: '', time: this.#chat.now(), previews } as const
      const guards = [stands(room, offset), unchanged(room, offset, seen)]
      if ((await this.#chat.add({ room, event, guards })) !== undefined) return
    }
  }

  #look(room: RoomId, offset: number): Seen | undefined {
    if (this.#isClosed) return undefined
    const row = this.#chat.row(
      `SELECT text, extra -> '$.previews' AS shown FROM chat_messages WHERE room = ? AND offset = ? AND removed IS NULL`,
      room,
      offset,
    )
    return row && { text: text(row, 'text'), shown: textOrNull(row, 'shown') }
  }

  /** Each of us looks at so many only: the server is not to be made to knock at doors all day. */
  async #page(url: string, by: PersonId): Promise<Found | undefined> {
    try {
      this.#chat.limits.take('previews', { person: { id: by }, address: '' })
    } catch (error) {
      if (error instanceof ChatError) return undefined
      throw error
    }
    return this.#previews.of(url)
  }

  async #keep({ url, host, title, description, siteName, image }: Found): Promise<Preview> {
    const picture = image && (await smallPicture(image.bytes, longestSide))
    return {
      url,
      host,
      title,
      ...(description !== undefined && { description }),
      ...(siteName !== undefined && { site: siteName }),
      ...(picture !== undefined && { image: await this.#keeper.keep('preview.webp', 'image/webp', picture) }),
    }
  }
}

const previewsIn = ({ shown }: Seen): readonly Preview[] => (shown === null ? [] : (JSON.parse(shown) as Preview[]))

const isSame = (one: Seen, other: Seen | undefined): boolean => one.text === other?.text && one.shown === other.shown

const unchanged = (room: RoomId, offset: number, { text: said, shown }: Seen): Statement => ({
  sql: `SELECT 1 FROM chat_messages WHERE room = ? AND offset = ? AND text = ? AND extra -> '$.previews' IS ?`,
  params: [room, offset, said, shown],
  guard: 'changed',
})

const attempts = 5 // who edits faster than that gets no preview
const longestSide = 800 // pixels
