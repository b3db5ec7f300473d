/** Puts the files into the chat: who somebody is, what they may see, and when there is time to clear up. */
import { ClientError, type HttpVisit } from '../../index.ts'
import type { Chat } from '../chat.ts'
import { channelOf } from '../events.ts'
import { mayRead } from '../may-read.ts'
import { findSession, tokenOf } from '../people/sessions.ts'
import { isFaceOfInvitation } from '../rooms/invitations.ts'
import { FileTable } from './file-table.ts'
import { Files, paths } from './files.ts'
import type { FileHandler } from './visit.ts'

interface ConnectedFiles {
  readonly files: Files
  /** Clears up now and then from now on. */
  readonly start: () => void
  readonly close: () => void
}

export async function connectFiles(chat: Chat): Promise<ConnectedFiles> {
  const { server, options } = chat
  const table = new FileTable(server, () => chat.now())
  const files = await Files.open({
    folder: server.dataFolder('files'),
    database: server,
    mayRead: (user, id, invitation) =>
      maySee(chat, table, user, id) || (invitation !== undefined && isFaceOfInvitation(chat, invitation, id)),
    limits: { fileBytes: options.fileLimit },
    report: (error) => server.report(error),
    now: () => chat.now(),
  })
  const maxBody = options.fileLimit
  for (const [name, path] of Object.entries(paths) as [keyof typeof paths, string][])
    server.http(path, (request, visit) => handle(chat, files.handlers[name], request, visit), { maxBody })
  return { files, ...sweeping(chat, files) }
}

function handle(chat: Chat, handler: FileHandler, request: Request, visit: HttpVisit): Promise<Response> {
  const user = findSession(chat, tokenOf(chat, request))?.person.id ?? ''
  return handler(request, { user, params: visit.params, query: visit.query, hold: () => visit.hold() })
}

const roomLimit = 100 // of one file; who sends it on more often finds it in the first ones

function maySee(chat: Chat, table: FileTable, user: string, id: string): boolean {
  if (user === '') return false
  return table.isAvatar(id) || table.roomsOf(id, roomLimit).some((room) => mayReadRoom(chat, user, room))
}

/** Decided by the lines that decide who may read its messages. */
function mayReadRoom(chat: Chat, user: string, room: string): boolean {
  try {
    return mayRead(chat, user, channelOf(room)) === true
  } catch (error) {
    if (error instanceof ClientError) return false
    throw error
  }
}

const second = 1000
const minute = 60 * second

/** A little at a time, so that nobody waits for it; once through, it rests. */
function sweeping(chat: Chat, files: Files): Pick<ConnectedFiles, 'start' | 'close'> {
  let isClosed = false
  let cancel = (): void => undefined
  const sweep = async (): Promise<void> => {
    const isThrough = await files.sweep().catch((error: unknown) => {
      chat.server.report(error)
      return true
    })
    if (!isClosed) cancel = chat.after(isThrough ? 10 * minute : second, () => void sweep())
  }
  return {
    start() {
      cancel = chat.after(minute, () => void sweep())
    },
    close() {
      isClosed = true
      cancel()
    },
  }
}
