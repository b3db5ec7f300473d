/**
 * Runs the code blocks of a page of the documentation, in the reader's order:
 *
 * - `ts` or `js` with `createServer(`: a server. It runs until the next one.
 * - other `ts` or `js`, and `sh`: against the server that runs. They end by
 *   themselves with 0; `text` right after is what they print.
 * - `forever` after the language: does not end by itself, and finds nothing to
 *   complain about either.
 * - `<!-- run: posthouse serve -->` starts that server, with nothing configured.
 * - `skip="why"` after the language: is not run.
 *
 * Port 8000 is whichever the server has, `<key>` is its API key, and all blocks of
 * a page share one folder.
 */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './server.ts'

const root = join(import.meta.dir, '..')

export interface Block {
  readonly kind: string // the language; `serve` for the comment
  readonly skip: string | undefined
  readonly forever: boolean
  readonly text: string
  readonly line: number
  readonly prints: string | undefined
}

export function blocksOf(page: string): Block[] {
  const found = [
    ...page.matchAll(/^```(\w+)( forever)?(?: skip="([^"]+)")?\n(.*?)^```$|^<!-- run: posthouse serve -->$/gms),
  ]
  const all = found.map(({ 0: whole, 1: kind = 'serve', 2: forever, 3: skip, 4: text = '', index }) => {
    return {
      kind,
      forever: forever !== undefined,
      skip,
      text,
      line: page.slice(0, index).split('\n').length,
      end: index + whole.length,
      index,
    }
  })
  return all.map(({ kind, forever, skip, text, line, end }, at) => {
    const next = all[at + 1]
    const follows = next?.kind === 'text' && page.slice(end, next.index).trim() === ''
    return { kind, forever, skip, text, line, prints: follows ? next.text : undefined }
  })
}

export const isServer = ({ kind, text }: Block) =>
  kind === 'serve' || ((kind === 'ts' || kind === 'js') && text.includes('createServer('))

export class Page implements AsyncDisposable {
  readonly #folder = temporaryFolder()
  #server: Bun.Subprocess<'ignore', 'pipe', 'pipe'> | undefined
  #host = ''
  #key = ''

  constructor() {
    // As if it had been installed, with what the reader was told to install beside it.
    const modules = join(this.#folder, 'node_modules')
    mkdirSync(modules)
    symlinkSync(root, join(modules, 'posthouse'))
    mkdirSync(join(modules, '.bin'))
    symlinkSync(join(root, 'bin', 'posthouse.mjs'), join(modules, '.bin', 'posthouse'))
    for (const name of ['centrifuge', 'zod']) symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }

  /** Resolves to what it prints; of a server, once it listens. @throws Error if it fails */
  async run(block: Block): Promise<string> {
    if (isServer(block)) return this.#start(block)
    const text = block.text.replaceAll('localhost:8000', this.#host).replaceAll('<key>', this.#key)
    if (block.kind === 'sh') return this.#end(['sh', '-ec', text], block.forever)
    const file = join(this.#folder, `block-${block.line}.${block.kind}`)
    writeFileSync(file, text)
    return this.#end([process.execPath, file], block.forever)
  }

  async #start({ kind, text, line }: Block): Promise<string> {
    await this.#stop()
    const file = join(this.#folder, `block-${line}.${kind}`)
    const address = `http_server: { address: '127.0.0.1', port: 0 `
    const program = text
      .replaceAll('http_server: { port: 8000 ', address)
      .replaceAll(`'http_server.port': '8000'`, flags)
    writeFileSync(file, `${program}\nconsole.log('docs:', typeof server === 'undefined' ? '' : server.url.host)\n`)
    const serve = [join(root, 'src/cli/main.ts'), 'serve', '--address', '127.0.0.1', '--port', '0']
    const child = Bun.spawn([process.execPath, ...(kind === 'serve' ? serve : [file])], {
      cwd: this.#folder,
      env: { ...process.env, NO_COLOR: '1' },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    })
    this.#server = child
    const said = new Response(child.stderr).text()
    let out = ''
    for await (const bytes of child.stdout) {
      out += new TextDecoder().decode(bytes)
      const [, host] = /"url":"http:\/\/([^/]+)\/"/.exec(out) ?? /^docs: (.*)\n/m.exec(out) ?? []
      if (host === undefined) continue
      this.#host = host
      this.#key = kind === 'serve' ? keyIn(join(this.#folder, 'data', 'secrets.json')) : ''
      return out
    }
    throw new Error(`the server of line ${line} ended with ${await child.exited}: ${out}${await said}`)
  }

  async #end(command: readonly string[], forever: boolean): Promise<string> {
    const child = Bun.spawn([...command], {
      cwd: this.#folder,
      env: { ...process.env, NO_COLOR: '1' },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      timeout: forever ? 2000 : 20_000,
    })
    const [out, said] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
    await child.exited
    if (forever && child.signalCode === 'SIGTERM' && said === '') return out
    if (child.exitCode !== 0) throw new Error(`ended with ${child.exitCode ?? child.signalCode}: ${out}${said}`)
    return out
  }

  async #stop(): Promise<void> {
    this.#server?.kill('SIGKILL')
    await this.#server?.exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function keyIn(file: string): string {
  const { http_api_key: key } = JSON.parse(readFileSync(file, 'utf8')) as { http_api_key: string }
  return key
}

const flags = `'http_server.address': '127.0.0.1', 'http_server.port': '0'`

/** The programs of a page, checked by the compiler as strictly as our own. Resolves to what it finds wrong. */
export async function typeErrors(blocks: readonly Block[]): Promise<string> {
  const folder = temporaryFolder()
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const files = blocks.map(({ line, text }) => {
    writeFileSync(join(folder, `line-${line}.ts`), `${text}\nexport {}\n`)
    return `line-${line}.ts`
  })
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as {
    compilerOptions: Record<string, unknown>
  }
  const options = {
    ...compilerOptions,
    paths: { posthouse: [join(root, 'src/index.ts')] },
    noUnusedLocals: false,
    typeRoots: [join(root, 'node_modules/@types')],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }))
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const child = Bun.spawn([process.execPath, compiler, '-p', folder], { stdout: 'pipe', stderr: 'inherit' })
  const out = await new Response(child.stdout).text()
  rmSync(folder, { recursive: true, force: true })
  return out
}
