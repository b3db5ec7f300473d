import { useEffect, useRef, type KeyboardEvent } from 'react'
import { useT } from '../../i18n/use-translate.ts'
import { useMe } from '../context.ts'
import { useDeed } from '../use-deed.ts'
import type { MessageKeys } from './message-keys.ts'

/** The keys of the rows. What they do is fetched behind the first messages. */
export function useMessageKeys(parts: Omit<MessageKeys, 'me' | 'deed' | 't'>) {
  const me = useMe().id
  const deed = useDeed()
  const t = useT()
  const keys = useRef<typeof import('./message-keys.ts')>(undefined)
  useEffect(() => void import('./message-keys.ts').then((loaded) => (keys.current = loaded)), [])
  return (event: KeyboardEvent): void => {
    if (keys.current?.pressed(event.nativeEvent, { ...parts, me, deed, t }) === true) event.preventDefault()
  }
}
