/** Shows one screen with made-up data: which one, and how, is told by the parameters of the address. */
import { createRoot } from 'react-dom/client'
import { App } from '../chat/app.tsx'
import { Cell } from '../lib/cell.ts'
import { PreferenceStore } from '../lib/preferences.ts'
import { Router } from '../lib/router.ts'
import { FixtureModel } from './fixture-model.ts'
import { screens } from './screens.ts'

const asked = new URLSearchParams(location.hash.slice(1))
const screen = screens[asked.get('screen') ?? 'room']
if (screen === undefined) throw new Error(`no such screen: ${asked.get('screen')}`)

history.replaceState(null, '', screen.path)
const model = new FixtureModel()
screen.fill?.(model)
const preferences = new PreferenceStore(undefined)
preferences.set({
  theme: asked.get('theme') === 'dark' ? 'dark' : 'light',
  language: asked.get('language') === 'zh' ? 'zh' : 'en',
  notificationsOffered: screen.offersNotifications !== true,
})
if (screen.offersNotifications === true) Object.defineProperty(Notification, 'permission', { get: () => 'default' }) // which a browser without a window denies
const root = document.getElementById('root')
if (root === null) throw new Error('the page has no #root')
const installation = { way: new Cell(screen.install ?? 'none'), install: () => Promise.resolve(false) }
createRoot(root).render(
  <App model={model} router={new Router(window)} preferences={preferences} installation={installation} />,
)
