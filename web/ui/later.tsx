import { lazy, Suspense, type ComponentType } from 'react'
import { patiently } from '../lib/patiently.ts'

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
