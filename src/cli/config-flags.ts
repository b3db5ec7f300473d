/**
 * The configuration on the command line: `--config <file>`, and a flag for
 * every option by its path. Secrets have none, because other users of the
 * machine can read a command line.
 */
import type { ParseArgsOptionsConfig } from 'node:util'
import { options } from '../config.ts'
import { loadConfig, type Loaded } from '../load-config.ts'
import { fileVariable } from '../unknown-options.ts'

const short: Readonly<Record<string, string>> = {
  port: 'http_server.port',
  address: 'http_server.address',
  data: 'data.dir',
}
const settable = options.filter(({ variable, secret }) => variable !== undefined && !secret)

/** For `parseArgs`, with `allowNegative`, beside the flags of a command. */
export const configFlags: ParseArgsOptionsConfig = {
  config: { type: 'string', short: 'c' },
  port: { type: 'string', short: 'p' },
  address: { type: 'string', short: 'a' },
  data: { type: 'string' },
  ...Object.fromEntries(
    settable.map(({ path, flag }) => [path, { type: flag ? ('boolean' as const) : ('string' as const) }]),
  ),
}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>

/** @param values as `parseArgs` gives them @throws ConfigError */
export function loadFromFlags(values: Values, environment: Readonly<Record<string, string | undefined>>): Loaded {
  const flags: Record<string, string | boolean> = {}
  for (const [name, value] of Object.entries(values))
    if (typeof value === 'string' || typeof value === 'boolean') flags[short[name] ?? name] = value
  const file = typeof values['config'] === 'string' ? values['config'] : environment[fileVariable]
  return loadConfig({ file: file === '' ? undefined : file, environment, flags })
}
