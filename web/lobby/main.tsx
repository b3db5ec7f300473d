import { createRoot } from 'react-dom/client'
import { browserClock } from '../lib/clock.ts'
import { Door } from '../lib/door.ts'
import { Identity } from '../lib/identity.ts'
import { browserStorage } from '../lib/storage.ts'
import { Page } from './page.tsx'

const url = new URL('/connection/websocket', location.origin)
url.protocol = url.protocol.replace('http', 'ws')
const storage = browserStorage()
const door = new Door(url.href, new Identity(storage), storage, browserClock)
const root = document.querySelector('#root')
if (root !== null) createRoot(root).render(<Page door={door} />)
