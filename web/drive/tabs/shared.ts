/**
 * What the tabs of this browser have in common: the connection, the outbox,
 * and who is logged in. Where a browser lacks what it takes (locks and a bus,
 * which it has behind HTTPS only), each tab is on its own; the server makes
 * sure that nothing is sent twice.
 */
import {
  browserTabs,
  CentrifugeLink,
  type Link,
  newId,
  type OutboxChange,
  type OutboxMates,
  SharedLink,
  systemClock,
} from '../../../src/chat-client/index.ts'
import { sdkHere } from './sdk-here.ts'

/** What tabs say to each other may be another in the next version of the app: then each version has its own bus. */
const version = 1

export interface Shared {
  readonly link: Link
  readonly mates: OutboxMates | undefined
}

export function shareConnection(url: string, person: string): Shared {
  const make = () => new CentrifugeLink({ url, before: sdkHere })
  const tabs = browserTabs(`posthouse ${version} ${person}`, newId())
  if (tabs === undefined) return { link: make(), mates: undefined }
  const link = new SharedLink(tabs, systemClock, make)
  const bus = new BroadcastChannel(`posthouse ${version} ${person} outbox`)
  let isOpen = true
  const mates: OutboxMates = {
    leads: link.leads,
    tell: (change) => isOpen && bus.postMessage(change),
    hear(receive) {
      const hear = ({ data }: MessageEvent<OutboxChange>) => receive(data)
      bus.addEventListener('message', hear)
      return () => {
        isOpen = false
        bus.close()
      }
    },
  }
  return { link, mates }
}
