/** Made-up people. */
import type { Person, Presence } from '../lib/views.ts'

const person = (id: string, name: string, kind: Person['kind'] = 'member'): Person => ({ id, name, kind })

export const me = person('p1mei', 'Mei 梅')
export const ann = person('p2ann', 'Ann Lindqvist')
export const jun = person('p3jun', '李俊')
export const omar = person('p4omar', 'Omar', 'guest')
export const sofia = person('p5sofia', 'Sofía Fernández de la Vega y Montenegro')
export const bot = person('p6bot', 'Deploy', 'bot')
export const xia = person('p7xia', '夏天')
export const everyone = [me, ann, jun, omar, sofia, bot, xia]

export const now = new Date(2026, 10, 20, 16, 42).getTime()
export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export const presence: readonly Presence[] = [
  { person: ann.id, online: true },
  { person: jun.id, online: true },
  { person: omar.id, online: false, seen: now - 26 * minute },
  { person: xia.id, online: false, seen: now - 3 * day },
]
