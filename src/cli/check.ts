/** `posthouse check`: whether the tables of the chat say what the logs of its rooms say. */
import { parseArgs } from 'node:util'
import { checkChat, type Progress } from '../chat/index.ts'
import { configFlags } from './config-flags.ts'
import { dataDirOf } from './data-dir.ts'

const usage = `Usage: posthouse check [--repair] [--data ./data] [--config <file>]

Makes the tables of the chat anew from the logs of its rooms, and compares. The
server may be running; it looks at one moment. Ends with status 1 if something differs.
  --repair    write what the logs say. No server may be running then
  --limit     differences that are told, 100 if nothing is said`

export async function check(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      ...configFlags,
      repair: { type: 'boolean' },
      limit: { type: 'string', default: '100' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values['help'] === true) return print(usage)
  const limit = Number(values['limit'])
  if (!Number.isSafeInteger(limit) || limit < 0) {
    console.error(`posthouse: check: --limit is a number\n\n${usage}`)
    return 2
  }
  const mends = values['repair'] === true
  const began = performance.now()
  const found = checkChat(dataDirOf(values), { repair: mends, progress: meter() })
  const { rooms, trimmed, entries, differences, more } = found
  for (const { sentence } of differences.slice(0, limit)) console.log(sentence)
  if (more || differences.length > limit) console.log('… and more.')
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const partly = trimmed === 0 ? '' : `, of ${trimmed} what is kept of the log`
  console.log(
    `${rooms} rooms with ${entries} entries in ${seconds} s${partly}: ${verdict(differences.length, more, mends)}`,
  )
  return differences.length === 0 ? 0 : 1
}

function verdict(count: number, more: boolean, mended: boolean): string {
  if (count === 0) return 'no difference'
  const many = `${count}${more ? ' or more' : ''} difference${count === 1 ? '' : 's'}`
  return mended ? `${many}, mended as the log says` : `${many}; --repair writes what the log says`
}

/** Where somebody looks on, how far it is. */
function meter(): (progress: Progress) => void {
  let shown = -Infinity
  return ({ step, done, total }) => {
    if (!process.stderr.isTTY || performance.now() - shown < 200) return
    shown = performance.now()
    process.stderr.write(`\r${step} ${step === 'reading' ? `${done} of ${total}` : ''}\u001b[K\r`)
  }
}

function print(text: string): number {
  console.log(text)
  return 0
}
