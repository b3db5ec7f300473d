/**
 * The clients of other languages, and what they are built with. What they need is
 * fetched once, in the pinned versions, by each language's own package manager,
 * into `tmp/clients`, which git ignores. What is not on this machine, or cannot
 * be fetched, is a reason to skip; what is there and does not build is a fault.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'

export interface Language {
  readonly name: string
  /** Why it cannot be used here; undefined if it can. */
  readonly missing: string | undefined
  /** The command that runs a program of one file. @throws Error if it does not compile */
  build(file: string): Promise<string[]>
  readonly environment: Readonly<Record<string, string>>
}

const sources = import.meta.dir
const cache = join(sources, '..', '..', 'tmp', 'clients')
const patience = 75_000 // ms for all that is fetched for a language

type Environment = Readonly<Record<string, string>>

/** Bun's own; what it needs is in the project's package.json. */
export function javascript(): Promise<Language> {
  const build = (file: string) => Promise.resolve([process.execPath, '--no-orphans', file])
  return Promise.resolve({ name: 'javascript', missing: undefined, build, environment: {} })
}

export async function python(): Promise<Language> {
  const requirements = join(sources, 'python', 'requirements.txt')
  const install = ['python3', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1']
  const { folder, missing } = await provide('python', ['python3'], {}, [requirements], (target) => [
    [...install, '--no-deps', '--target', target, '--requirement', requirements],
  ])
  return {
    name: 'python',
    missing,
    build: (file) => Promise.resolve(['python3', file]),
    environment: { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
  }
}

export async function go(): Promise<Language> {
  const module = join(sources, 'go')
  const environment = {
    GOFLAGS: '-modcacherw -buildvcs=false',
    GOTOOLCHAIN: 'local',
    GOMODCACHE: join(cache, 'go-modules'),
    GOCACHE: join(cache, 'go-build'),
  }
  const pinned = ['go.mod', 'go.sum'].map((name) => join(module, name))
  const { folder, missing } = await provide('go', ['go'], environment, pinned, () => [
    ['go', '-C', module, 'mod', 'download'],
  ])
  return {
    name: 'go',
    missing,
    environment: {},
    async build(file) {
      const program = join(folder, `${digest(file)}-${basename(file, '.go')}`)
      await mustSucceed(['go', '-C', module, 'build', '-o', program, file], environment)
      return [program]
    },
  }
}

export async function java(): Promise<Language> {
  const pom = join(sources, 'java', 'pom.xml')
  const maven = ['mvn', '--quiet', '--batch-mode', `-Dmaven.repo.local=${join(cache, 'java-repository')}`]
  const { folder, missing } = await provide('java', ['java', 'javac', 'mvn'], {}, [pom], (target) => [
    [...maven, '--file', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${target}`],
  ])
  return {
    name: 'java',
    missing,
    environment: {},
    async build(file) {
      const classes = `${folder}-classes-${digest(await Bun.file(file).text())}`
      const jars = join(folder, '*')
      if (!existsSync(classes)) {
        await mustSucceed(['javac', '-cp', jars, '-d', `${classes}.new`, file], {})
        renameSync(`${classes}.new`, classes)
      }
      const quick = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto']
      return ['java', ...quick, '-cp', `${jars}${delimiter}${classes}`, basename(file, '.java')]
    },
  }
}

/**
 * Fetches, unless what `pinned` names was fetched before. A folder appears under
 * its name only when it is complete.
 */
async function provide(
  name: string,
  tools: readonly string[],
  environment: Environment,
  pinned: readonly string[],
  fetching: (target: string) => string[][],
): Promise<{ folder: string; missing: string | undefined }> {
  const absent = tools.filter((tool) => Bun.which(tool) === null)
  if (absent.length > 0) return { folder: '', missing: `no ${absent.join(' and no ')} on this machine` }
  const texts = await Promise.all(pinned.map((file) => Bun.file(file).text()))
  const folder = join(cache, `${name}-${digest(texts.join('\n'))}`)
  if (existsSync(folder)) return { folder, missing: undefined }
  const target = `${folder}.${process.pid}`
  mkdirSync(target, { recursive: true })
  const deadline = Date.now() + patience
  for (const command of fetching(target)) {
    const trouble = await attempt(command, environment, deadline - Date.now())
    if (trouble === undefined) continue
    rmSync(target, { recursive: true, force: true })
    return { folder, missing: `${command[0]} could not fetch what is needed: ${trouble}` }
  }
  if (existsSync(folder)) rmSync(target, { recursive: true, force: true }) // somebody else was quicker
  else renameSync(target, folder)
  forgetOlder(name, folder)
  return { folder, missing: undefined }
}

function forgetOlder(name: string, present: string): void {
  for (const entry of readdirSync(cache)) {
    const isOurs = new RegExp(`^${name}-[0-9a-z]+(-classes-[0-9a-z]+)?$`).test(entry)
    if (isOurs && !join(cache, entry).startsWith(present)) rmSync(join(cache, entry), { recursive: true, force: true })
  }
}

/** What went wrong; undefined if nothing. */
async function attempt(command: string[], environment: Environment, limit: number): Promise<string | undefined> {
  const child = Bun.spawn(command, {
    env: { ...process.env, ...environment },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: Math.max(1, limit),
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  if ((await child.exited) === 0) return undefined
  if (child.signalCode !== null) return `it took longer than ${patience / 1000} s`
  const said = `${err}\n${out}`.trim().split('\n')
  return (said.find((line) => /^\W*error/i.test(line)) ?? said.slice(0, 3).join(' ')).slice(0, 300)
}

async function mustSucceed(command: string[], environment: Environment): Promise<void> {
  const trouble = await attempt(command, environment, patience)
  if (trouble !== undefined) throw new Error(`${command.join(' ')}: ${trouble}`)
}

function digest(text: string): string {
  return Bun.hash(text).toString(36)
}
