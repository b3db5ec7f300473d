/** How long it is waited before it is fetched again, in milliseconds: a server that starts anew is there within these. */
const waits = [1000, 2000, 4000, 8000, 16_000]
const longest = 60_000

/** What is fetched later is fetched again where that fails. @throws what it failed with at last */
export async function patiently<T>(load: () => Promise<T>, tries = waits.length): Promise<T> {
  for (let failed = 0; failed < tries; failed++) {
    try {
      return await load()
    } catch (error) {
      console.warn(error)
      await new Promise((resolve) => setTimeout(resolve, waits[failed] ?? longest))
    }
  }
  return await load()
}
