/** `posthouse epochs`: for a database that was brought back by other means than `posthouse restore`. */
import { parseArgs } from 'node:util'
import { renewAll } from '../restore.ts'
import { configFlags } from './config-flags.ts'
import { dataDirOf } from './data-dir.ts'

const usage = `Usage: posthouse epochs [--data ./data] [--config <file>]

Gives every channel a new epoch, so that clients who saw what the database does not know any more are told of it.
To be run once, before the server is started, after the data folder was brought back from an earlier time
by other means than "posthouse restore", such as a snapshot of the disk.`

export async function epochs(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: { ...configFlags, help: { type: 'boolean', short: 'h' } },
  })
  if (values['help'] === true) return print(usage)
  const dataDir = dataDirOf(values)
  return print(`${renewAll(dataDir)} channels in ${dataDir} have new epochs`)
}

function print(text: string): number {
  console.log(text)
  return 0
}
