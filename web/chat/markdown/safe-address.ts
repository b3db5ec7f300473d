/** Only to places that people expect behind a link. */
export function safeAddress(href: string): string | undefined {
  const url = URL.parse(href)
  return url !== null && ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : undefined
}
