/**
 * What a page says of itself: Open Graph first, then Twitter's cards, then plain
 * HTML. Nothing of it is trusted: all of it becomes short lines of text, and
 * an address that is asked like any other.
 */
import { foreignLine } from '../foreign-text.ts'
import { decodeEntities } from './entities.ts'

export interface PageFacts {
  readonly title?: string
  readonly description?: string
  readonly siteName?: string
  /** As the page has it: it may be relative, or nonsense. */
  readonly image?: string
}

export function pageFacts(html: string): PageFacts {
  const said = read(html)
  const first = (names: readonly string[], longest: number) =>
    names.map((name) => foreignLine(decodeEntities(said.get(name) ?? ''), longest)).find((text) => text !== '')
  return withoutAbsent({
    title: first(['og:title', 'twitter:title', title], 200),
    description: first(['og:description', 'twitter:description', 'description'], 400),
    siteName: first(['og:site_name', 'application-name'], 80),
    image: first(
      ['og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image', 'twitter:image:src', image],
      4000,
    ),
  })
}

/** What the head says first counts. The parser takes scripts, styles and comments for what they are. */
function read(html: string): Map<string, string> {
  const said = new Map<string, string>()
  let [titles, seen] = [0, 0]
  new HTMLRewriter()
    .on('title', {
      element: () => void titles++,
      text({ text }) {
        const before = said.get(title) ?? ''
        if (titles === 1 && before.length < longestTitle) said.set(title, before + text)
      },
    })
    .on('meta[content]', {
      element(meta) {
        if (++seen > mostTags) return
        const name = (meta.getAttribute('property') ?? meta.getAttribute('name') ?? '').trim().toLowerCase()
        if (names.has(name) && !said.has(name)) said.set(name, meta.getAttribute('content') ?? '')
      },
    })
    .on('link[rel="image_src"]', {
      element(link) {
        if (++seen <= mostTags && !said.has(image)) said.set(image, link.getAttribute('href') ?? '')
      },
    })
    .transform(html)
  return said
}

function withoutAbsent(facts: { readonly [Name in keyof PageFacts]: string | undefined }): PageFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}

const [title, image] = ['<title>', '<link rel=image_src>']
const names = new Set(
  (
    'og:title og:description og:site_name og:image og:image:url og:image:secure_url twitter:title ' +
    'twitter:description twitter:image twitter:image:src description application-name'
  ).split(' '),
)
const mostTags = 500
const longestTitle = 2000
