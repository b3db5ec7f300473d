/** Begins the page. All that the first message waits for is asked for before anything is drawn. */
import { createRoot } from 'react-dom/client'
import { callForAttention } from '../drive/attention/attention.ts'
import { ChatDriver } from '../drive/chat-driver.ts'
import type { Translate } from '../i18n/translate.ts'
import { languageOf, translatorOf } from '../i18n/use-translate.ts'
import { Installation } from '../lib/installation.ts'
import { PreferenceStore } from '../lib/preferences.ts'
import { addressOf } from '../lib/route.ts'
import { Router } from '../lib/router.ts'
import { registerServiceWorker } from '../lib/service-worker.ts'
import { browserStorage } from '../lib/storage.ts'
import { App } from './app.tsx'
import { earlyFetch } from './early.ts'

const root = document.getElementById('root')
if (root === null) throw new Error('the page has no #root')
const preferences = new PreferenceStore(browserStorage())
const { languages } = navigator
const texts = translatorOf(languageOf(preferences.value.language, languages), languages)
const model = new ChatDriver(location.origin, earlyFetch())
registerServiceWorker()
const installation = new Installation(window)
const router = new Router(window)
void model.begin().then(() => {
  const at = addressOf(router.route)
  if (at !== undefined && model.entry.value.at === 'inside') model.room(at)
})
addEventListener('storage', () => preferences.reload())
callForAttention(model, router, preferences)
const draw = (first?: Translate): void =>
  createRoot(root).render(
    <App model={model} router={router} preferences={preferences} installation={installation} texts={first} />,
  )
texts.then(draw, () => draw())
