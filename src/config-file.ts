/** Reads a configuration file: JSON, YAML or TOML, told by its name. */
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { parse as parseToml, TomlError } from 'smol-toml'
import { parse as parseYaml } from 'yaml'

/** The configuration cannot be used. Each problem is a sentence that says where it is and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options)
    this.problems = problems
  }
}

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
  '.json': parseJson,
  '.yaml': (text) => parseYaml(text, { prettyErrors: true }) as unknown,
  '.yml': (text) => parseYaml(text, { prettyErrors: true }) as unknown,
  '.toml': parseToml,
}

/** What a file holds, unchecked but for being a table of options. @throws ConfigError */
export function readConfigFile(path: string): object {
  const parse = parsers[extname(path).toLowerCase()]
  if (parse === undefined)
    throw new ConfigError([`${path}: the name of a configuration file ends in .json, .yaml, .yml or .toml`])
  const text = attempt(`${path}: cannot be read`, () => readFileSync(path, 'utf8'))
  const value = attempt(`${path}: cannot be parsed`, () => parse(text.replace(/^\uFEFF/, '')))
  if (value === null || value === undefined) return {} // an empty YAML file
  if (typeof value !== 'object' || Array.isArray(value))
    throw new ConfigError([`${path}: must be a table of options, such as {"http_server": {"port": 8000}}`])
  return value
}

/** The runtime does not say where JSON is wrong. YAML, which takes in nearly all of JSON, often finds the place. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    parseYaml(text)
    throw error
  }
}

/** Only the first line of a reason is told: parsers quote the lines around, and those may hold secrets. */
function attempt<T>(failed: string, task: () => T): T {
  try {
    return task()
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    const line = error instanceof TomlError ? ` (line ${error.line})` : ''
    throw new ConfigError([`${failed}: ${reason.replace(/:$/, '')}${line}`], { cause: error })
  }
}
