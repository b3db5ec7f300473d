/** When the page has nothing else to do, such as after its first drawing; but in time. Safari does not tell. */
export function idle(patience = 500): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: patience })
    else setTimeout(resolve, 50)
  })
}
