/**
 * `npm run bench`: one table of what Posthouse costs, beside the barest servers
 * that do the same, measured in the same minutes; `npm run bench -- memory` for
 * some of its sections. How to read it: docs/topics/performance.md.
 */
import { app } from './app.ts'
import { bystander } from './bystander.ts'
import { killAll } from './child.ts'
import { oneChannel, rooms } from './fan-out.ts'
import { guards } from './guards.ts'
import { otherDoors, otherDoorsMemory } from './other-doors.ts'
import { chatSends } from './chat-sends.ts'
import { longRoom } from './long-room.ts'
import { memory } from './memory.ts'
import { publishing } from './publishing.ts'
import { rawSocket } from './raw-socket.ts'
import { returning } from './returning.ts'
import { removeFolders } from './servers.ts'
import { starting } from './starting.ts'
import { type Row, table } from './table.ts'

const sections: Readonly<Record<string, () => Promise<Row[]>>> = {
  channel: oneChannel,
  rooms,
  bystander,
  publish: publishing,
  guards,
  memory,
  raw: rawSocket,
  doors: otherDoors,
  'doors-memory': otherDoorsMemory,
  return: returning,
  start: starting,
  'long-room': longRoom,
  'chat-sends': chatSends,
  app,
}

const names = process.argv.slice(2)
const unknown = names.filter((name) => !Object.hasOwn(sections, name))
if (unknown.length > 0) {
  console.error(`no section ${unknown.join(', ')}; there are ${Object.keys(sections).join(', ')}`)
  process.exit(2)
}

try {
  const rows: Row[] = []
  for (const [name, measure] of Object.entries(sections)) {
    if (names.length > 0 && !names.includes(name)) continue
    console.error(`measuring: ${name}`)
    rows.push(...(await measure()))
  }
  console.log(table(rows))
} finally {
  await killAll()
  removeFolders()
}
process.exit()
