/** What a page would be heard to play. */
import type { BrowserContext, Page } from 'playwright-core'

const notesOfOne = 2

/** To be called before a page is opened. */
export async function listenForChimes(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const { prototype } = AudioContext
    const make: () => OscillatorNode = Reflect.get(prototype, 'createOscillator')
    prototype.createOscillator = function () {
      sessionStorage.setItem('notes', String(1 + Number(sessionStorage.getItem('notes')))) // outlives a reload
      return make.call(this)
    }
  })
}

/** How often the tabs chimed, all together. */
export async function chimes(pages: readonly Page[]): Promise<number> {
  const notes = await Promise.all(pages.map((page) => page.evaluate(() => Number(sessionStorage.getItem('notes')))))
  return notes.reduce((sum, each) => sum + each, 0) / notesOfOne
}
