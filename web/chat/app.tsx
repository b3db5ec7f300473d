import { useEffect, useState, useSyncExternalStore } from 'react'
import type { Translate } from '../i18n/translate.ts'
import { languageOf, TranslateProvider, translatorOf } from '../i18n/use-translate.ts'
import { showLight } from '../lib/light.ts'
import { later } from '../ui/later.tsx'
import { toasts } from '../ui/toast.ts'
import { Tooltips } from '../ui/tooltips.tsx'
import { AppProvider, useModel, usePreferences, useSource, type App as AppParts } from './context.ts'
import { Mishap } from './mishap.tsx'
import { Shell } from './shell.tsx'
import { Starting } from './starting.tsx'
import type { WelcomeProps } from './welcome/welcome.tsx'

const Welcome = later<WelcomeProps>(async () => (await import('./welcome/welcome.tsx')).Welcome)
const ToastLayer = later<object>(async () => (await import('../ui/toast-layer.tsx')).ToastLayer)

interface Props extends AppParts {
  /** In the reader's language, if they are there already. */
  readonly texts?: Translate | undefined
}

/** All of the page, over a model that somebody drives. */
export function App({ texts, ...app }: Props) {
  return (
    <AppProvider value={app}>
      <Dressed texts={texts} />
    </AppProvider>
  )
}

/** In the reader's language and light. */
function Dressed({ texts }: Pick<Props, 'texts'>) {
  const { theme } = usePreferences()
  const t = useLanguage(texts)
  useEffect(() => showLight(theme), [theme])
  if (t === undefined) return null // for as long as a small file takes
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

/** Until another one is there, the texts stay as they are. */
function useLanguage(first: Translate | undefined): Translate | undefined {
  const { language } = usePreferences()
  const [t, setT] = useState(() => first)
  useEffect(() => {
    let isCurrent = true
    void translatorOf(languageOf(language, navigator.languages), navigator.languages).then((next) => {
      if (!isCurrent) return
      document.documentElement.lang = next.lang
      setT(() => next)
    })
    return () => {
      isCurrent = false
    }
  }, [language])
  return t
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
