import { useCallback, useSyncExternalStore } from 'react'
import type { Door } from '../lib/door.ts'
import { LobbyView } from './lobby-view.tsx'
import { NameForm } from './name-form.tsx'

export function Page({ door }: { door: Door }) {
  const place = useSyncExternalStore(door.subscribe, () => door.place)
  const enter = useCallback((name: string) => door.enter(name), [door])
  const rename = useCallback(() => door.rename(), [door])
  return place.at === 'door' ? (
    <NameForm name={place.name} refused={place.refused} enter={enter} />
  ) : (
    <LobbyView lobby={place.lobby} name={place.name} rename={rename} />
  )
}
