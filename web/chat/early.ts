/**
 * What `ask-early.ts` asked: that is a script of its own, a few lines long, which
 * the page runs while the app is still being fetched.
 */
export interface Early {
  whoAmI?: Promise<Response> | undefined
}

/** The answer, once: it may be old when somebody asks again. */
export function takeEarly(): Promise<Response> | undefined {
  const early = globalThis as Early
  const { whoAmI } = early
  delete early.whoAmI
  return whoAmI
}
