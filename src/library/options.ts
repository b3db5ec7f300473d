/**
 * What `createServer` takes: the options of the configuration file, by the same
 * names and in the same structure, each of them optional; what decides in code;
 * and where to log. The same table checks both (`config.ts`).
 */
import { ConfigError } from '../config-file.ts'
import type { Config } from '../config.ts'
import { loadConfig, type Loaded } from '../load-config.ts'
import type { Log } from '../log.ts'
import { nearest } from '../nearest.ts'
import type { Milliseconds } from '../option-kinds.ts'
import type { Decisions } from './decisions.ts'
import type { Posthouse } from './posthouse.ts'

/** What may be written for a part of the configuration. Durations are text with a unit: `25s`, `1h30m`, `forever`. */
type Written<T> = T extends Milliseconds
  ? string | 0
  : T extends RegExp | undefined
    ? T extends undefined
      ? undefined
      : string
    : T extends readonly (infer Item)[]
      ? readonly Written<Item>[]
      : T extends object
        ? { readonly [Name in keyof T]?: Written<T[Name]> | undefined }
        : T

/** The options of the configuration file. `docs/reference/configuration.md` tells what each means. */
export type Options = { readonly [Section in keyof Config]?: Written<Config[Section]> | undefined }

/** What a program adds to a server. */
export interface Application extends Decisions {
  /** Families of channels that are its own: what holds for them is not for the configuration to say. */
  readonly namespaces?: NonNullable<NonNullable<Options['channel']>['namespaces']> | undefined
  /** Called once the server listens. */
  started?(): void
  /** Called when the server is told to close, before it does: the last moment to write. */
  closing?(): Promise<void> | void
}

export interface ServerOptions extends Omit<Options, 'log'>, Decisions {
  /** Instead of options: a configuration that was read from a file, the environment or a command line, by `loadConfig`. */
  readonly config?: Config | undefined
  /** The section of the file, for lines of JSON on the standard error output; or where else to log. */
  readonly log?: Log | Options['log']
  /**
   * A part of the program that is written apart, such as the chat. It is handed
   * the server before that listens: its paths and methods are there from the
   * first request. What is decided beside it here is asked first.
   */
  readonly application?: ((server: Posthouse) => Application | Promise<Application>) | undefined
}

/** The configuration with the families of channels that an application brings. @throws ConfigError @internal */
export function withNamespaces(config: Config, owned: Application['namespaces'] = []): Config {
  if (owned.length === 0) return config
  const { namespaces } = config.channel
  const twice = owned.filter(({ name }) => namespaces.some((other) => other.name === name))
  if (twice.length > 0)
    throw new ConfigError(
      twice.map(({ name }) => `channel.namespaces: "${name}" belongs to the application; give yours another name`),
    )
  const added = loadConfig({ options: { channel: { namespaces: owned } } }).config.channel.namespaces
  return { ...config, channel: { ...config.channel, namespaces: [...namespaces, ...added] } }
}

/** The configuration, checked and complete. @throws ConfigError naming everything that is wrong @internal */
export function configOf(given: ServerOptions): Loaded {
  const { config, application: _, ...rest } = given
  const options: Record<string, unknown> = {}
  const problems: string[] = []
  for (const [name, value] of Object.entries<unknown>(rest)) {
    if (value === undefined || (name === 'log' && isLog(value))) continue
    const isFunction = typeof value === 'function'
    if (names.includes(name) && isFunction) continue
    if (names.includes(name)) problems.push(`${name} must be a function`)
    else if (isFunction) problems.push(`${name}: ${unknownFunction(name)}`)
    else options[name] = value
  }
  if (problems.length > 0) throw new ConfigError(problems)
  if (config === undefined) return loadConfig({ options })
  if (Object.keys(options).length === 0) return { config, warnings: [] }
  throw new ConfigError([`config has all options already; beside it stands ${Object.keys(options).join(', ')}`])
}

/** Whether it is a log itself, and not the section of that name. @internal */
export function isLog(value: unknown): value is Log {
  return typeof value === 'object' && value !== null && 'error' in value && typeof value.error === 'function'
}

const names: readonly string[] = [
  'onConnect',
  'onSubscribe',
  'onPublish',
  'onDisconnect',
  'onPresence',
] satisfies (keyof Decisions)[]

function unknownFunction(name: string): string {
  const meant = nearest(name, names)
  return meant === undefined ? 'nothing of this name is ever called' : `unknown; did you mean ${meant}?`
}
