import { lazy, Suspense, type ComponentType } from 'react'

/** How long it is waited before it is fetched again, in milliseconds: a server that starts anew is there within these. */
const waits = [1000, 2000, 4000, 8000, 16_000]

/**
 * A component that is fetched when it is first shown: what floats, and whole
 * views that are not the room. Until it is there, nothing stands in its place;
 * where it never comes, because a newer version has taken its place, an error.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const Loaded = lazy(async () => ({ default: await patiently(load) })) as unknown as ComponentType<Props>
  return function Later(props: Props) {
    return (
      <Suspense fallback={null}>
        <Loaded {...props} />
      </Suspense>
    )
  }
}

async function patiently<T>(load: () => Promise<T>): Promise<T> {
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
