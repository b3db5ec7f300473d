/**
 * Who is in a room, in pages: of a room of thousands one looks at the first,
 * goes on, or looks for a name. Who of them is there is asked along.
 */
import type { Output } from '../../src/chat-client/index.ts'
import type { RoomDriver } from './room-driver.ts'

const pageSize = 100
const most = 200 // that one answer may have

export function memberPages(driver: RoomDriver) {
  const { client, id: room } = driver
  let prefix = ''
  let next: string | undefined
  let turn = 0 // an answer to an older question is dropped

  async function load(limit: number, after: string | undefined): Promise<void> {
    const asked = ++turn
    const page = await client.call('rooms.members', { room, prefix, limit, ...(after !== undefined && { after }) })
    if (asked !== turn) return
    show(page, after !== undefined)
    const people = page.members.map(({ person }) => person.id)
    driver.present((await client.call('presence.of', { people })).people)
  }

  function show({ members, next: more }: Output<'rooms.members'>, joined: boolean): void {
    next = more
    driver.know(members.map(({ person }) => person))
    const before = joined ? (driver.details.value.members ?? []) : []
    driver.details.value = {
      ...driver.details.value,
      members: [...before, ...members],
      moreMembers: more !== undefined,
    }
  }

  return {
    /** As many as there are to be seen, as they are now. */
    again: () => load(Math.min(most, Math.max(pageSize, driver.details.value.members?.length ?? 0)), undefined),
    find(beginning: string): Promise<void> {
      prefix = beginning
      return load(pageSize, undefined)
    },
    more: (): Promise<void> => (next === undefined ? Promise.resolve() : load(pageSize, next)),
  }
}
