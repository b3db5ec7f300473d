/**
 * `posthouse <command>`: finds the command and runs it. A command is imported
 * only when it is called, and only after the runtime is known to be right.
 */
import manifest from '../../package.json' with { type: 'json' }
import { runtimeTrouble } from './runtime.ts'

interface Command {
  readonly does: string
  /** @returns the exit status; nothing for 0, or for as long as there is something to do */
  run(args: string[]): Promise<number | void>
}

const commands: Readonly<Record<string, Command>> = {
  serve: { does: 'start the server', run: async (args) => (await import('./serve.ts')).serve(args) },
  token: { does: 'print a token for a user', run: async (args) => (await import('./token.ts')).token(args) },
  admin: {
    does: 'make somebody an administrator of the chat: admin <name>',
    run: async (args) => (await import('./admin.ts')).admin(args),
  },
  config: {
    does: 'list the options, or check a file: config check <file>',
    run: async (args) => (await import('./config.ts')).config(args),
  },
  backup: {
    does: 'save the data into a folder, also while the server runs',
    run: async (args) => (await import('./backup.ts')).backup(args),
  },
  restore: { does: 'bring such a folder back', run: async (args) => (await import('./restore.ts')).restore(args) },
  check: {
    does: 'compare the tables of the chat with the logs of its rooms',
    run: async (args) => (await import('./check.ts')).check(args),
  },
  epochs: {
    does: 'after the data was brought back by other means',
    run: async (args) => (await import('./epochs.ts')).epochs(args),
  },
  version: { does: 'print the version', run: async () => console.log(manifest.version) },
  help: { does: 'print this', run: async () => console.log(help()) },
}
const aliases: Readonly<Record<string, string>> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-v': 'version',
}

const trouble = runtimeTrouble(process.versions['bun'], manifest.engines.bun)
process.exitCode = trouble === undefined ? await main(process.argv.slice(2)) : say(1, trouble)

async function main([name = '', ...args]: string[]): Promise<number> {
  const known = aliases[name] ?? name
  const command = Object.hasOwn(commands, known) ? commands[known] : undefined
  if (command === undefined)
    return say(2, `${name === '' ? 'no command' : `unknown command ${JSON.stringify(name)}`}\n\n${help()}`)
  try {
    return (await command.run(args)) ?? 0
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if (error.name === 'ConfigError') return say(1, ...error.message.split('\n'))
    if (error.name === 'StoreError') return say(1, error.message)
    if ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) return say(2, `${known}: ${error.message}`)
    throw error // a bug of ours: with its stack
  }
}

function say(status: number, ...sentences: readonly string[]): number {
  for (const sentence of sentences) console.error(`posthouse: ${sentence}`)
  return status
}

function help(): string {
  const lines = Object.entries(commands).map(([name, { does }]) => `  ${name.padEnd(10)}${does}`)
  return [
    'Usage: posthouse <command> [--config <file>] [--<option> <value> …]',
    '',
    ...lines,
    '',
    'Every option that `posthouse config` lists can be a flag, such as --http_server.port 9000 (or --port).',
  ].join('\n')
}
