/**
 * What another app shared with this one: put aside by the service worker, which
 * is the one that gets it, until somebody has chosen a room for it.
 */
export interface SharedIn {
  readonly text: string
  readonly files: readonly File[]
}

/** As the service worker names it. */
export const sharedCache = 'posthouse-share'

/** Takes it: it is not there a second time. Undefined if there is nothing. */
export async function takeShared(): Promise<SharedIn | undefined> {
  if (!('caches' in globalThis)) return undefined
  const kept = await (await caches.open(sharedCache)).match('/share')
  await caches.delete(sharedCache)
  if (kept === undefined) return undefined
  const form = await kept.formData()
  const words = ['title', 'text', 'url'].map((name) => form.get(name)).filter((word) => typeof word === 'string')
  const files = form.getAll('files').filter((file) => file instanceof File)
  return { text: [...new Set(words)].filter((word) => word !== '').join('\n'), files }
}
