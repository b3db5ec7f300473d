/**
 * A link, as its preview: what the page says of itself, and its image. The page
 * is read only as far as its head reaches, the image only if it is a picture
 * of a kind that every browser shows and that runs no scripts. It is handed on
 * as bytes: who shows it makes a picture of its own of them.
 */
import { ask, type Answer, type Asked, type Outgoing } from '../outgoing/outgoing.ts'
import { foreignLine } from '../foreign-text.ts'
import { decodePage } from './charset.ts'
import { pageFacts } from './page.ts'

export interface Preview {
  readonly url: string // that was asked for
  /** Of the page that answered, after redirects: a page may call itself as it likes, but not be elsewhere. */
  readonly host: string
  readonly title: string
  readonly description?: string
  readonly siteName?: string
  readonly image?: PreviewImage
}

interface PreviewImage {
  /** As the site calls it: one of `imageTypes`. What the bytes are is for their reader to find out. */
  readonly type: string
  readonly bytes: Uint8Array
}

const imageTypes: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']

/** Undefined where there is nothing to show: no page, no title, no answer in time. Never throws. */
export async function preview(outgoing: Outgoing, url: string, signal?: AbortSignal): Promise<Preview | undefined> {
  const answer = await ask(outgoing, url, {
    ...asked,
    signal,
    headers: accepting('text/html, application/xhtml+xml, image/*;q=0.9'),
  })
  if ('failed' in answer || !isGood(answer)) return undefined
  const host = answer.url.host
  if (imageTypes.includes(answer.type)) return { url, host, title: fileName(answer.url), image: imageOf(answer) }
  const { image: address, title, ...facts } = pageFacts(decodePage(answer.body, answer.headers['content-type']))
  if (title === undefined) return undefined
  const image = address === undefined ? undefined : await imageAt(outgoing, address, answer.url, signal)
  return { url, host, title, ...facts, ...(image === undefined ? {} : { image }) }
}

async function imageAt(
  outgoing: Outgoing,
  address: string,
  page: URL,
  signal?: AbortSignal,
): Promise<PreviewImage | undefined> {
  const url = URL.parse(address, page)
  return url === null ? undefined : picture(outgoing, url.href, signal)
}

/** What is at a URL, if it is a picture. Never throws. */
export async function picture(
  outgoing: Outgoing,
  url: string,
  signal?: AbortSignal,
): Promise<PreviewImage | undefined> {
  const headers = accepting(imageTypes.join(', '))
  const answer = await ask(outgoing, url, { ...asked, signal, wants: pictures, headers })
  return 'failed' in answer || !isGood(answer) ? undefined : imageOf(answer)
}

const isGood = ({ status, body }: Answer) => status >= 200 && status < 300 && body.length > 0
const imageOf = ({ type, body }: Answer): PreviewImage => ({ type, bytes: body })
const accepting = (accept: string) => ({ accept })

function fileName({ pathname, host }: URL): string {
  const last = pathname.split('/').at(-1) ?? ''
  try {
    return foreignLine(decodeURIComponent(last), 200) || host
  } catch {
    return foreignLine(last, 200) || host
  }
}

/** Bytes of a page in which its head should be. */
const longestHead = 262_144
/** Bytes of an image. */
const largestImage = 4 * 1_048_576

const page = (type: string) =>
  type === 'text/html' || type === 'application/xhtml+xml'
    ? ({ bytes: longestHead, excess: 'cut' } as const)
    : undefined
const pictures = (type: string) =>
  imageTypes.includes(type) ? ({ bytes: largestImage, excess: 'refuse' } as const) : undefined
const asked: Asked = { wants: (type) => page(type) ?? pictures(type), timeout: 10_000, redirects: 3 }
