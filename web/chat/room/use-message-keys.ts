import { useEffect, useRef, type KeyboardEvent } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { idle } from '../../lib/idle.ts'
import { patiently } from '../../lib/patiently.ts'
import { useMe } from '../context.ts'
import { useDeed } from '../use-deed.ts'
import type { MessageKeys, pressed } from './message-keys.ts'

/** The keys of the rows. What they do is fetched behind the first messages; who is faster waits for it. */
export function useMessageKeys(parts: Omit<MessageKeys, 'me' | 'deed' | 't'>) {
  const me = useMe().id
  const deed = useDeed()
  const t = useT()
  const loaded = useRef<typeof pressed>(undefined)
  useEffect(() => {
    const fetching = idle().then(fetched)
    fetching.then((press) => (loaded.current = press)).catch(() => undefined) // a newer version has taken its place
  }, [])
  return ({ nativeEvent: event }: KeyboardEvent): void => {
    const keys = { ...parts, me, deed, t }
    if (loaded.current === undefined)
      fetched()
        .then((press) => press(event, keys))
        .catch(() => undefined)
    else if (loaded.current(event, keys)) event.preventDefault()
  }
}

const fetched = (): Promise<typeof pressed> => patiently(async () => (await import('./message-keys.ts')).pressed)
