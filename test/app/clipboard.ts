import type { Page } from 'playwright-core'
import { composer } from './support.ts'

/** A picture comes from the clipboard into what is being written. @param picture in base64 */
export function paste(page: Page, name: string, picture: string): Promise<void> {
  return composer(page).evaluate(
    (area, file) => {
      const bytes = Uint8Array.from(atob(file.base64), (letter) => letter.charCodeAt(0))
      const clipboardData = new DataTransfer()
      clipboardData.items.add(new File([bytes], file.name, { type: 'image/jpeg' }))
      area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    },
    { name, base64: picture },
  )
}
