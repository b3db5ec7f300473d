/** A chat that is filled by hand, for looking at the screens and for testing them. */
import { Cell } from '../lib/cell.ts'
import {
  noAccount,
  type Account,
  type ChatModel,
  type Connection,
  type Deeds,
  type Directory,
  type Entry,
  type InvitationView,
  type People,
  type RoomList,
  type Search,
} from '../lib/chat-model.ts'
import { done } from '../lib/outcome.ts'
import type { RoomAddress } from '../lib/route.ts'
import { deedsThat, FixtureRoom } from './fixture-room.ts'
import { everyone, me, presence } from './people.ts'
import { publicRooms, rooms, station } from './rooms.ts'

export class FixtureModel implements ChatModel {
  readonly entry = new Cell<Entry>({ at: 'inside', me })
  readonly connection = new Cell<Connection>({ state: 'live' })
  readonly people = new Cell<People>({
    byId: new Map(everyone.map((person) => [person.id, person])),
    presence: new Map(presence.map((each) => [each.person, each])),
  })
  readonly rooms = new Cell<RoomList>({ state: 'ready', rooms, typing: new Map(), failed: new Set() })
  readonly directory = new Cell<Directory>({ state: 'ready', rooms: publicRooms })
  readonly search = new Cell<Search>({ query: '', room: undefined, state: 'idle', hits: [], more: false })
  readonly account = new Cell<Account>({ ...noAccount, hasPassword: true })
  readonly invited = new Cell<InvitationView>({ state: 'loading' })
  readonly opened = new Map<string, FixtureRoom>()
  /** What was asked for, in order. */
  readonly asked: unknown[][] = []
  readonly invitation = (): Cell<InvitationView> => this.invited
  readonly deeds: Deeds = deedsThat((name, args) => {
    this.asked.push([name, ...args])
    return name === 'look' || name === 'find' ? undefined : Promise.resolve(done)
  }) as Deeds

  room(at: RoomAddress): FixtureRoom {
    const key = JSON.stringify(at)
    const known = this.opened.get(key)
    if (known !== undefined) return known
    const found = rooms.find((room) => ('room' in at ? room.id === at.room : room.peer?.id === at.person))
    const made = new FixtureRoom(found ?? station)
    this.opened.set(key, made)
    return made
  }
}
