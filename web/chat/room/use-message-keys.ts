import { useEffect, useRef, type KeyboardEvent } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { useMe } from '../context.ts'
import { useDeed } from '../use-deed.ts'
import type { MessageKeys, pressed } from './message-keys.ts'

/** The keys of the rows. What they do is fetched behind the first messages; who is faster waits for it. */
export function useMessageKeys(parts: Omit<MessageKeys, 'me' | 'deed' | 't'>) {
  const me = useMe().id
  const deed = useDeed()
  const t = useT()
  const loaded = useRef<typeof pressed>(undefined)
  useEffect(() => void fetched().then((press) => (loaded.current = press)), [])
  return ({ nativeEvent: event }: KeyboardEvent): void => {
    const keys = { ...parts, me, deed, t }
    if (loaded.current === undefined) void fetched().then((press) => press(event, keys))
    else if (loaded.current(event, keys)) event.preventDefault()
  }
}

const fetched = async (): Promise<typeof pressed> => (await import('./message-keys.ts')).pressed
