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
import { page } from './page.ts'
import { mayRead } from './may-read.ts'
import { namespaces } from './namespaces.ts'
import { type ChatOptions, defaultChatOptions } from './options.ts'
import { identify } from './people/identify.ts'
import { followSpeakers } from './reading/marks.ts'
import { openLobby } from './rooms/lobby.ts'
import { openExports } from './owning/export-door.ts'
import { Retention } from './owning/retention.ts'
import { telling } from './rooms/telling.ts'
import { migrate } from './tables.ts'

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
      started: () => {
        warm()
        made.begin(openLobby(made))
        retention.begin()
        made.departures.start()
      },
      async closing() {
        made.live.close()
        made.receipts.close()
        await retention.close()
        await made.departures.close()
      },
    }
  }
}
