/**
 * Bytes as the answer to a GET or HEAD: with conditions (RFC 9110, section 13)
 * and ranges (section 14), so that browsers need not ask twice, and videos can
 * be sought in.
 */

/**
 * @param etag strong, with its quotes: other bytes, another tag
 * @param headers those of the whole: type, cache, whatever else
 */
export function send(
  request: Request,
  content: Blob,
  etag: string,
  headers: Readonly<Record<string, string>>,
): Response {
  const { size } = content
  const common = { ...headers, etag, 'accept-ranges': 'bytes', 'x-content-type-options': 'nosniff' }
  if (isSame(request, etag)) return new Response(null, { status: 304, headers: common })
  const range = rangeOf(request, size, etag)
  if (range === 'none') {
    return new Response(null, { status: 416, headers: { ...common, 'content-range': `bytes */${size}` } })
  }
  const [from, to] = range ?? [0, size]
  const status = range === undefined ? 200 : 206
  const all = {
    ...common,
    'content-length': String(to - from),
    ...(range && { 'content-range': `bytes ${from}-${to - 1}/${size}` }),
  }
  return new Response(request.method === 'HEAD' ? null : content.slice(from, to), { status, headers: all })
}

function isSame(request: Request, etag: string): boolean {
  const given = request.headers.get('if-none-match')
  return (
    given !== null &&
    (given.trim() === '*' || given.split(',').some((each) => each.trim().replace(/^W\//, '') === etag))
  )
}

/** From where up to where, not included; undefined for the whole file, as for several ranges at once and for units that are not known. */
function rangeOf(request: Request, size: number, etag: string): readonly [number, number] | 'none' | undefined {
  const condition = request.headers.get('if-range')
  if (condition !== null && condition !== etag) return undefined
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get('range')?.trim() ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') return Number(last) === 0 || size === 0 ? 'none' : [Math.max(0, size - Number(last)), size]
  const end = last === '' ? size : Math.min(size, Number(last) + 1)
  if (last !== '' && Number(last) < Number(first)) return undefined
  return Number(first) >= size ? 'none' : [Number(first), end]
}
