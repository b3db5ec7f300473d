/** What all components may reach: the model, where we are, what the reader likes. */
import { createContext, useContext, useSyncExternalStore } from 'react'
import { useT } from '../i18n/use-translate.ts'
import type { Source } from '../lib/cell.ts'
import type { ChatModel } from '../lib/chat-model.ts'
import type { Installation } from '../lib/installation.ts'
import type { Preferences, PreferenceStore } from '../lib/preferences.ts'
import type { Route } from '../lib/route.ts'
import type { Router } from '../lib/router.ts'
import type { Person } from '../lib/views.ts'

export interface App {
  readonly model: ChatModel
  readonly router: Router
  readonly preferences: PreferenceStore
  readonly installation: Pick<Installation, 'way' | 'install'>
}

const Context = createContext<App | undefined>(undefined)
export const AppProvider = Context.Provider

export function useApp(): App {
  const app = useContext(Context)
  if (app === undefined) throw new Error('a component outside of the app')
  return app
}

export const useModel = (): ChatModel => useApp().model

/** What a source holds, drawn anew when it changes. */
export function useSource<T>(source: Source<T>): T {
  const read = (): T => source.value
  return useSyncExternalStore(source.subscribe, read, read)
}

export function useRouter(): Router {
  return useApp().router
}

export function useRoute(): Route {
  const { router } = useApp()
  return useSyncExternalStore(router.subscribe, () => router.route)
}

export function usePreferences(): Preferences {
  const { preferences } = useApp()
  return useSyncExternalStore(preferences.subscribe, () => preferences.value)
}

const nobody: Person = { id: '', name: '', kind: 'gone' }

/** Who is logged in; behind the door there always is somebody. */
export function useMe(): Person {
  const entry = useSource(useModel().entry)
  return entry.at === 'inside' ? entry.me : nobody
}

/** Somebody always has a name: also who is not known yet, and who deleted the account. */
export function usePerson(id: string): Person {
  const person = useSource(useModel().people).byId.get(id) ?? { ...nobody, id, kind: 'member' }
  const t = useT()
  if (person.name !== '') return person
  return { ...person, name: t(person.kind === 'gone' ? 'people.gone' : 'people.somebody') }
}

export function useOnline(id: string | undefined): boolean {
  const { presence } = useSource(useModel().people)
  return id !== undefined && presence.get(id)?.online === true
}
