import { idle } from '../../lib/idle.ts'

/** In which it is to come, in milliseconds: else the network is taken to be silent. */
const patience = 5000

/**
 * Fetches what makes the connection, after the first drawing, so that importing
 * it finds it in the browser's cache: an import that gets no answer can neither
 * be given up nor begun again. The page names the file (`src/chat/bundle.ts`).
 * @throws where it does not come
 */
export async function sdkHere(): Promise<void> {
  await idle()
  const file = document.querySelector<HTMLMetaElement>('meta[name="posthouse-sdk"]')?.content
  if (file === undefined) return
  const answer = await fetch(file, { signal: AbortSignal.timeout(patience) })
  await answer.arrayBuffer()
}
