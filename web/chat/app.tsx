import { useEffect, useSyncExternalStore } from 'react'
import { languageOf, TranslateProvider, translatorOf } from '../i18n/use-translate.ts'
import { later } from '../ui/later.tsx'
import { toasts } from '../ui/toast.ts'
import { AppProvider, useModel, usePreferences, useSource, type App as AppParts } from './context.ts'
import { Mishap } from './mishap.tsx'
import { Shell } from './shell.tsx'
import { Starting } from './starting.tsx'
import { Welcome } from './welcome/welcome.tsx'

const Tooltips = later<object>(async () => (await import('../ui/tooltips.tsx')).Tooltips)
const ToastLayer = later<object>(async () => (await import('../ui/toast-layer.tsx')).ToastLayer)

/** All of the page, over a model that somebody drives. */
export function App(app: AppParts) {
  return (
    <AppProvider value={app}>
      <Dressed />
    </AppProvider>
  )
}

/** In the reader's language and light. */
function Dressed() {
  const { language, theme } = usePreferences()
  const t = translatorOf(languageOf(language, navigator.languages), navigator.languages)
  useEffect(() => {
    document.documentElement.lang = t.lang
  }, [t])
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }, [theme])
  return (
    <TranslateProvider value={t}>
      <Mishap>
        <Inside />
      </Mishap>
      <Tooltips />
      <SaidLayer />
    </TranslateProvider>
  )
}

function Inside() {
  const entry = useSource(useModel().entry)
  switch (entry.at) {
    case 'start':
      return <Starting />
    case 'outside':
      return <Welcome entry={entry} />
    case 'inside':
      return <Shell />
  }
}

/** Fetched when there is something to say. */
function SaidLayer() {
  const said = useSyncExternalStore(toasts.subscribe, () => toasts.value)
  return said.length > 0 && <ToastLayer />
}
