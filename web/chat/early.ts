/**
 * What `ask-early.ts` asked, a script of a few lines that stands in the page. A
 * proxy that adds a policy of its own may keep it from running: then the app
 * asks by itself.
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
