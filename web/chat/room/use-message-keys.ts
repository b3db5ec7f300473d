import { useEffect, useRef, type KeyboardEvent } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { useMe } from '../context.ts'
import { useDeed } from '../use-deed.ts'
import type { MessageKeys } from './message-keys.ts'

/** The keys of the rows. What they do is fetched behind the first messages; who is faster waits for it. */
export function useMessageKeys(parts: Omit<MessageKeys, 'me' | 'deed' | 't'>) {
  const me = useMe().id
  const deed = useDeed()
  const t = useT()
  const loaded = useRef<typeof import('./message-keys.ts')>(undefined)
  useEffect(() => void import('./message-keys.ts').then((module) => (loaded.current = module)), [])
  return ({ nativeEvent: event }: KeyboardEvent): void => {
    const keys = { ...parts, me, deed, t }
    if (loaded.current === undefined) void import('./message-keys.ts').then(({ pressed }) => pressed(event, keys))
    else if (loaded.current.pressed(event, keys)) event.preventDefault()
  }
}
