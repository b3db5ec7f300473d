/** `posthouse backup`: saves the data of a server, whether it runs or not. */
import { parseArgs } from 'node:util'
import { backUp } from '../backup.ts'
import { configFlags } from './config-flags.ts'
import { dataDirOf, oneFolder } from './data-dir.ts'

const usage = `Usage: posthouse backup <folder> [--data ./data] [--config <file>]

Saves the database, the files of applications and the secrets of a data folder
into a new folder, as they are at this moment; the server may be running.
Whoever can read the backup can read everything, and sign tokens.`

export async function backup(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowNegative: true,
    allowPositionals: true,
    options: { ...configFlags, help: { type: 'boolean', short: 'h' } },
  })
  if (values['help'] === true) return print(usage)
  const target = oneFolder('backup', positionals, usage)
  if (target === undefined) return 2
  const { folder, bytes, files } = backUp(dataDirOf(values), target)
  return print(`saved to ${folder}: a database of ${(bytes / 1e6).toFixed(1)} MB, ${files} files`)
}

function print(text: string): number {
  console.log(text)
  return 0
}
