/**
 * Where the focus goes when what floats has gone: back to where it came from,
 * unless what was chosen took it elsewhere, as "Reply" does to the composer.
 */
export function returnTo(element: HTMLElement | undefined): () => HTMLElement | boolean {
  return () => {
    const { activeElement: now, body } = document
    const isLost = now === null || now === body || now.closest('[role="menu"], [role="dialog"]') !== null
    return isLost && (element?.isConnected === true ? element : true)
  }
}
