/** All that calls for one who looks elsewhere: the counts, the sound, the notifications. */
import { newId } from '../../../src/chat-client/index.ts'
import { languageOf, translatorOf } from '../../i18n/use-translate.ts'
import type { PreferenceStore } from '../../lib/preferences.ts'
import { addressOf, parseRoute } from '../../lib/route.ts'
import type { Router } from '../../lib/router.ts'
import type { ChatDriver } from '../chat-driver.ts'
import { Badge, waiting } from './badge.ts'
import { browserClaims } from './claims.ts'
import { Looking } from './looking.ts'
import { Notifier, roomOfClaim } from './notifier.ts'

export function callForAttention(model: ChatDriver, router: Router, preferences: PreferenceStore): void {
  const go = (path: string) => router.go(parseRoute(path))
  const looking = new Looking(() => shownRoom(model, router))
  const notifier = new Notifier({
    looking,
    claims: browserClaims(newId(), (claim) => looking.here(roomOfClaim(claim))),
    room: (id) => model.rooms.value.rooms.find((room) => room.id === id),
    quietUntil: () => model.account.value.doNotDisturbUntil,
    preferences: () => preferences.value,
    async filesText(count) {
      const language = languageOf(preferences.value.language, navigator.languages)
      const translate = await translatorOf(language, navigator.languages)
      return translate('message.files', { count })
    },
    go,
  })
  model.arrivals((arrival) => void notifier.arrived(arrival))
  router.subscribe(looking.look)
  model.rooms.subscribe(looking.look) // which room the one with a person is, is known only then
  const badge = new Badge()
  model.rooms.subscribe(() => badge.show(model.entry.value.at === 'inside' ? waiting(model.rooms.value.rooms) : 0))
  globalThis.navigator.serviceWorker?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'object' && data !== null && 'open' in data) go(String(data.open))
  })
}

function shownRoom(model: ChatDriver, router: Router): string | undefined {
  const at = addressOf(router.route)
  if (at === undefined || 'room' in at) return at?.room
  return model.rooms.value.rooms.find(({ peer }) => peer?.id === at.person)?.id
}
