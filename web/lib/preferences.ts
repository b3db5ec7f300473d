/** What somebody likes, in this browser. What concerns the person wherever they are is in the account. */
import type { Theme } from './light.ts'
import { Observable } from './observable.ts'
import { preferencesKey } from './preferences-key.ts'
import { read, write, type Storage } from './storage.ts'

export interface Preferences {
  readonly theme: Theme
  readonly language: 'system' | 'en' | 'zh'
  readonly enterSends: boolean
  readonly sound: boolean
  readonly systemNotifications: boolean
  /** Keys that do something without Ctrl or the like. */
  readonly singleKeys: boolean
  /** Was asked whether to be notified, and whether to install: once is enough. */
  readonly notificationsOffered: boolean
  readonly installOffered: boolean
}

const defaults: Preferences = {
  theme: 'system',
  language: 'system',
  enterSends: true,
  sound: true,
  systemNotifications: false,
  singleKeys: true,
  notificationsOffered: false,
  installOffered: false,
}

const choices: { readonly [K in keyof Preferences]: readonly Preferences[K][] } = {
  theme: ['system', 'light', 'dark'],
  language: ['system', 'en', 'zh'],
  enterSends: [true, false],
  sound: [true, false],
  systemNotifications: [true, false],
  singleKeys: [true, false],
  notificationsOffered: [true, false],
  installOffered: [true, false],
}

export class PreferenceStore extends Observable {
  readonly #storage: Storage | undefined
  #value: Preferences

  constructor(storage: Storage | undefined) {
    super()
    this.#storage = storage
    this.#value = parse(read(storage, preferencesKey))
  }

  get value(): Preferences {
    return this.#value
  }

  /** As another tab left them. */
  reload(): void {
    this.#value = parse(read(this.#storage, preferencesKey))
    this.changed()
  }

  set(change: Partial<Preferences>): void {
    this.#value = { ...this.#value, ...change }
    write(this.#storage, preferencesKey, JSON.stringify(this.#value))
    this.changed()
  }
}

/** Another version may have written it, or somebody by hand. */
function parse(text: string | null): Preferences {
  const known = asObject(text)
  const kept = Object.entries(choices).filter(([name, allowed]) => (allowed as unknown[]).includes(known[name]))
  return { ...defaults, ...Object.fromEntries(kept.map(([name]) => [name, known[name]])) }
}

function asObject(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
