/** How much waits, where one sees it from elsewhere: in the title, on the page's icon, on the app's. */
import type { Room } from '../../lib/views.ts'

const size = 64
const most = 99

/** What asks for one: messages of the rooms one wants to hear of, of the others those that name one. */
export function waiting(rooms: readonly Room[]): number {
  return rooms.reduce((sum, { level, unread, mentions }) => {
    if (level === 'none') return sum
    return sum + (level === 'all' ? unread : mentions)
  }, 0)
}

export class Badge {
  readonly #title = document.title
  #count = 0

  show(count: number): void {
    if (count === this.#count) return
    this.#count = count
    document.title = count === 0 ? this.#title : `(${count}) ${this.#title}`
    this.#icon(count)
    const set = count === 0 ? navigator.clearAppBadge?.() : navigator.setAppBadge?.(count)
    set?.catch(() => undefined) // only an app that is installed has one
  }

  #icon(count: number): void {
    const [kept] = document.querySelectorAll<HTMLLinkElement>('link[rel=icon][data-badge]')
    const own = document.querySelector<HTMLLinkElement>('link[rel=icon]:not([data-badge])')
    if (count === 0) return kept?.remove()
    const image = new Image(size, size)
    image.addEventListener('load', () => {
      if (count !== this.#count) return
      const link = kept ?? document.createElement('link')
      Object.assign(link, { rel: 'icon', type: 'image/png', href: drawn(image, count) })
      link.dataset['badge'] = ''
      document.head.append(link) // the last one counts
    })
    image.src = own?.href ?? '/icons/any.svg'
  }
}

function drawn(image: HTMLImageElement, count: number): string {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const pen = canvas.getContext('2d')
  if (pen === null) return image.src
  pen.drawImage(image, 0, 0, size, size)
  pen.fillStyle = '#c8372d'
  pen.beginPath()
  pen.arc(size * 0.68, size * 0.32, size * 0.32, 0, 2 * Math.PI)
  pen.fill()
  pen.fillStyle = '#fff'
  pen.font = `bold ${count > 9 ? 26 : 34}px system-ui, sans-serif`
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillText(count > most ? `${most}+` : String(count), size * 0.68, size * 0.34)
  return canvas.toDataURL('image/png')
}
