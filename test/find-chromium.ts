/**
 * Where this system keeps a Chromium, or undefined. `CHROMIUM_PATH` wins, so
 * that somebody with an unusual place can say so. Nothing is downloaded: a
 * browser that the system looks after gets its security updates there.
 */
import { existsSync } from 'node:fs'

export function findChromium(): string | undefined {
  const chosen = process.env['CHROMIUM_PATH']
  if (chosen !== undefined && chosen !== '') return existsSync(chosen) ? chosen : undefined
  for (const name of commands) {
    const path = Bun.which(name, { PATH: searchPath })
    if (path !== null) return path
  }
  return applications.find((path) => existsSync(path))
}

const commands = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

// Continuous integration may start us with next to no environment; the usual places are looked at in any case.
const searchPath = `${process.env['PATH'] ?? ''}:/usr/local/bin:/usr/bin:/snap/bin`

const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
