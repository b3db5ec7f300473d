/** Who stands behind a publication or a presence entry, as the server stamped it. */
export interface Person {
  readonly user: string // '' for an anonymous connection
  readonly name: string // '' if there is none to show
}

/** What the SDK hands out; `connInfo` is whatever the server's application put there. */
export interface Info {
  readonly user: string
  readonly client: string
  readonly connInfo?: unknown
}

export function person(info: Info | undefined): Person {
  const { connInfo } = info ?? {}
  const named = typeof connInfo === 'object' && connInfo !== null && 'name' in connInfo ? connInfo.name : undefined
  return { user: info?.user ?? '', name: typeof named === 'string' ? named : (info?.user ?? '') }
}

/** One of eight colours, the same for a user on every screen. */
export function hue(user: string): number {
  let sum = 0
  for (const char of user) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973
  return sum % 8
}
