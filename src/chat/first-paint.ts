/**
 * Runs before anything is drawn: who has chosen a light sees no flash of the
 * other one. It stands in the page itself, since a file of its own would be one
 * more that the first picture waits for; the policy lets in this text, by its
 * hash, and no other. The app sees to it from then on (`web/chat/app.tsx`).
 */
import { createHash } from 'node:crypto'

const script = `try{const{theme}=JSON.parse(localStorage.getItem("posthouse.preferences"));if(theme==="light"||theme==="dark")document.documentElement.dataset.theme=theme}catch{}`

export const firstPaint = `<script>${script}</script>`

/** As `script-src` has it (CSP 3, section 2.3.1). */
export const firstPaintHash = `'sha256-${createHash('sha256').update(script).digest('base64')}'`
