/**
 * `/docs`, a page to read about the API and to try it, and the document
 * that it is drawn from, `/api/openapi.json`. Both are the same for everybody
 * and hold no secret, so they need no key; what is tried with them does.
 *
 * The page is three small files that need nothing from elsewhere. Its headers
 * forbid all else: a channel name or a payload that became markup could still
 * not run, load or send anything, and no other page can frame it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ApiPart, openapi } from './openapi.ts'

/** By path. @param version of the program @param parts asked for again when there are more of them */
export function docs(
  version: string,
  parts: readonly (() => ApiPart)[] = [],
): Readonly<Record<string, (request: Request) => Response>> {
  const document = () =>
    JSON.stringify(
      openapi(
        version,
        parts.map((part) => part()),
      ),
    )
  return {
    '/api/openapi.json': fixed('application/json', document, () => parts.length),
    '/docs': fixed('text/html;charset=utf-8', () => read('page.html')),
    '/docs/page.css': fixed('text/css;charset=utf-8', () => read('page.css')),
    '/docs/page.js': fixed('text/javascript;charset=utf-8', () => script(read('page.ts'))),
  }
}

/** Made when it is first asked for: most servers never are. */
function fixed(type: string, make: () => string, edition = () => 0): (request: Request) => Response {
  let made: ({ text: string; headers: Record<string, string> } & { edition: number }) | undefined
  return (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return new Response('use GET\n', { status: 405, headers: { ...safety, allow: 'GET, HEAD' } })
    if (made?.edition !== edition()) made = { ...prepare(type, make()), edition: edition() }
    const { text, headers } = made
    if (request.headers.get('if-none-match') === headers['etag']) return new Response(null, { status: 304, headers })
    return new Response(text, { headers })
  }
}

function prepare(type: string, text: string) {
  const etag = `"${new Bun.CryptoHasher('sha256').update(text).digest('base64url').slice(0, 22)}"`
  return { text, headers: { ...safety, 'content-type': type, 'cache-control': 'no-cache', etag } }
}

function read(name: string): string {
  return readFileSync(join(import.meta.dir, 'docs', name), 'utf8')
}

/** Without its types. */
function script(text: string): string {
  return new Bun.Transpiler({ loader: 'ts', target: 'browser' }).transformSync(text)
}

const safety: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}
