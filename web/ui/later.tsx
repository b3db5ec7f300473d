import { lazy, Suspense, type ComponentType } from 'react'
import { idle } from '../lib/idle.ts'
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

/**
 * As `later`, for what nobody waits for: it comes when the page has drawn what
 * one came for. Where it does not come, the rest goes on without it.
 */
export function aside<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  return later<Props>(async () => {
    await idle()
    return patiently(load, Infinity)
  })
}
