/**
 * The chat, as an application on the library: rooms, people, messages that are
 * never lost. It uses public doors only; what it can't do through them, no user
 * of the library can.
 */
import type { Application, Posthouse } from '../index.ts'
import { actions } from './actions.ts'
import { Chat, type Surroundings } from './chat.ts'
import { openDoors } from './doors.ts'
import { inboxOf } from './events.ts'
import { connectFiles } from './files/connect.ts'
import { page } from './page.ts'
import { mayRead } from './may-read.ts'
import { namespaces } from './namespaces.ts'
import { type ChatOptions, defaultChatOptions } from './options.ts'
import { identify } from './people/identify.ts'
import { followLinks } from './previews/follow-links.ts'
import { followSpeakers } from './reading/marks.ts'
import { openLobby } from './rooms/lobby.ts'
import { openExports } from './owning/export-door.ts'
import { Retention } from './owning/retention.ts'
import { telling } from './rooms/telling.ts'
import { migrate } from './tables.ts'
import { Avatars } from './webhooks/avatars.ts'
import { openHookDoor } from './webhooks/hook-door.ts'

export { lobbyHook } from './rooms/lobby.ts'
export { checkChat, type Progress } from './owning/check.ts'
export type { Actions } from './actions.ts'
export type { ChatOptions } from './options.ts'

/** For `createServer({ application: chat() })`. What is not said of the options is as in the configuration file. */
export function chat(
  options: Partial<ChatOptions> = {},
  surroundings?: Surroundings,
): (server: Posthouse) => Promise<Application> {
  return async (server) => {
    await migrate(server)
    const made = new Chat(server, { ...defaultChatOptions, ...options }, surroundings)
    followSpeakers(made)
    openDoors(made, actions)
    openExports(made)
    made.listen(telling(made))
    const retention = new Retention(made)
    const files = await connectFiles(made)
    const closePreviews = made.options.previews ? followLinks(made, files.files) : undefined
    const avatars = new Avatars(made, files.files)
    openHookDoor(made, avatars)
    const { routes, warm } = page((error) => server.report(error))
    for (const [path, handler] of Object.entries(routes)) server.http(path, handler)
    return {
      namespaces,
      onConnect: (request) => identify(made, request),
      onSubscribe: (client, { channel }) => mayRead(made, client.user, channel),
      onPresence(client, { channel, joined }) {
        if (channel !== inboxOf(client.user)) return
        if (joined) made.live.online.enter(client.user, client.id)
        else made.live.online.leave(client.user, client.id)
      },
      started() {
        warm()
        files.start()
        made.begin(openLobby(made))
        retention.begin()
        made.departures.start()
        made.hooks.start()
      },
      async closing() {
        made.live.close()
        made.receipts.close()
        files.close()
        await Promise.all([
          closePreviews?.(),
          avatars.close(),
          retention.close(),
          made.hooks.close(),
          made.departures.close(),
        ])
      },
    }
  }
}
