/** `posthouse config`: every option with its default, its environment variable and its meaning; or the check of a file. */
import { parseArgs } from 'node:util'
import { configReference } from '../config-reference.ts'
import { options, type Option } from '../config.ts'
import { loadConfig } from '../load-config.ts'

const usage = `Usage: posthouse config               list every option
       posthouse config --markdown    the same, as a page of the documentation
       posthouse config check <file>  check a configuration file`

export async function config(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { markdown: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  const [command, file, ...more] = positionals
  if (values.help === true) return print(usage)
  if (command === 'check' && file !== undefined && more.length === 0) return check(file)
  if (command !== undefined) {
    console.error(
      `posthouse: config: ${command === 'check' ? 'check takes one file' : `unknown: ${command}`}\n\n${usage}`,
    )
    return 2
  }
  return print(values.markdown === true ? configReference() : options.map(describe).join('\n\n'))
}

/** Only the file: what the environment would add is another matter. @throws ConfigError */
function check(file: string): number {
  const { warnings } = loadConfig({ file })
  for (const warning of warnings) console.log(`warning: ${warning}`)
  return print(`${file}: ${warnings.length === 0 ? 'good' : 'can be used, but for what the warnings say'}`)
}

function describe({ path, meaning, allowed, variable, ...option }: Option): string {
  const facts = [allowed, `default ${defaultOf(option)}`, ...(variable === undefined ? [] : [variable])]
  return [path, `  ${meaning}`, `  ${facts.join(' · ')}`].join('\n')
}

function defaultOf({ default: value, secret }: Pick<Option, 'default' | 'secret'>): string {
  if (value !== '') return value
  return secret ? 'none' : 'empty'
}

function print(text: string): number {
  console.log(text)
  return 0
}
