/** `posthouse restore`: brings back what `posthouse backup` saved. */
import { parseArgs } from 'node:util'
import { restore as bringBack } from '../restore.ts'
import { configFlags } from './config-flags.ts'
import { dataDirOf, oneFolder } from './data-dir.ts'

const usage = `Usage: posthouse restore <folder> [--force] [--data ./data] [--config <file>]

Checks a backup and brings it back into a data folder. No server may be running there.
Clients that saw what came after the backup are told that they missed something.
  --force    if there is a database already, set it aside, with all that belongs to it`

export async function restore(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowNegative: true,
    allowPositionals: true,
    options: { ...configFlags, force: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values['help'] === true) return print(usage)
  const folder = oneFolder('restore', positionals, usage)
  if (folder === undefined) return 2
  const dataDir = dataDirOf(values)
  const { made, channels, files, aside } = bringBack(folder, dataDir, values['force'] === true)
  if (aside !== undefined) console.log(`what was there before is in ${aside}`)
  return print(`restored to ${dataDir}, as it was at ${made.toISOString()}: ${channels} channels, ${files} files`)
}

function print(text: string): number {
  console.log(text)
  return 0
}
