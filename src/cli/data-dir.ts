/** What the commands about the data folder share. */
import { ConfigError } from '../config-file.ts'
import { loadFromFlags } from './config-flags.ts'

/** @throws ConfigError */
export function dataDirOf(values: Parameters<typeof loadFromFlags>[0]): string {
  const { data } = loadFromFlags(values, process.env).config
  if (data.memory) throw new ConfigError(['data.memory: a server that keeps nothing has no data folder'])
  return data.dir
}

/** Says what is wrong if there is not exactly one. */
export function oneFolder(command: string, positionals: readonly string[], usage: string): string | undefined {
  const [folder, ...more] = positionals
  if (folder !== undefined && folder !== '' && more.length === 0) return folder
  console.error(`posthouse: ${command}: name one folder\n\n${usage}`)
  return undefined
}
