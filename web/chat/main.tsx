/** Begins the page. */
import { createRoot } from 'react-dom/client'
import { callForAttention } from '../drive/attention/attention.ts'
import { ChatDriver } from '../drive/chat-driver.ts'
import { Installation } from '../lib/installation.ts'
import { PreferenceStore } from '../lib/preferences.ts'
import { Router } from '../lib/router.ts'
import { registerServiceWorker } from '../lib/service-worker.ts'
import { browserStorage } from '../lib/storage.ts'
import { App } from './app.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('the page has no #root')
const model = new ChatDriver(location.origin)
void model.begin()
registerServiceWorker()
const installation = new Installation(window)
const router = new Router(window)
const preferences = new PreferenceStore(browserStorage())
addEventListener('storage', () => preferences.reload())
callForAttention(model, router, preferences)
createRoot(root).render(<App model={model} router={router} preferences={preferences} installation={installation} />)
