/** How long it is waited before it is fetched again, in milliseconds: a server that starts anew is there within these. */
const waits = [1000, 2000, 4000, 8000, 16_000]

/** What is fetched later is fetched again where that fails. @throws what it failed with at last */
export async function patiently<T>(load: () => Promise<T>): Promise<T> {
  for (const wait of waits) {
    try {
      return await load()
    } catch (error) {
      console.warn(error)
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
  return await load()
}
