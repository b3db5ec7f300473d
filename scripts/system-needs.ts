/**
 * What the tests need from the system, beside what npm brings. One line each;
 * what is missing is installed where that is ours to do (Debian, as root), and
 * otherwise named, together with the command that installs it. Without it the
 * tests that need it are skipped and say so.
 */
import { findChromium } from '../test/find-chromium.ts'

interface Need {
  readonly name: string
  readonly why: string
  readonly debian: readonly string[] // packages
  present(): boolean
}

const needs: readonly Need[] = [
  {
    name: 'Chromium',
    why: 'tests of the web pages',
    debian: ['chromium', 'fonts-liberation'],
    present: () => findChromium() !== undefined,
  },
  {
    name: 'a Chinese font',
    why: 'screenshots of the Chinese pages',
    debian: ['fontconfig', 'fonts-wqy-microhei'],
    present: () => process.platform !== 'linux' || output(['fc-list', ':lang=zh', 'family']) !== '',
  },
]

/** Installs what is missing, if that is possible, and tells what still is. */
export function meetSystemNeeds(): void {
  let missing = needs.filter((need) => !need.present())
  if (missing.length === 0) return
  const packages = missing.flatMap((need) => need.debian)
  if (mayInstall()) {
    console.error(`Installing ${packages.join(', ')} …`)
    install(packages)
    missing = missing.filter((need) => !need.present())
  }
  for (const need of missing) {
    console.error(`Missing: ${need.name}, for ${need.why}; what needs it is skipped. On Debian or Ubuntu:`)
    console.error(`  sudo apt-get install ${need.debian.join(' ')}`)
  }
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && Bun.which('apt-get', { PATH: environment.PATH }) !== null
}

/** A fresh machine has no package lists, or old ones: then they are fetched, and it is tried once more. */
function install(packages: readonly string[]): boolean {
  const aptGet = ['apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300'] // another installation may be under way
  const command = [...aptGet, 'install', '-y', '--no-install-recommends', ...packages]
  return run(command) || (run([...aptGet, 'update']) && run(command))
}

// dpkg refuses to work without the sbin folders in its path, and continuous integration may leave them out.
const environment = {
  ...process.env,
  PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  DEBIAN_FRONTEND: 'noninteractive',
}

function run(command: string[]): boolean {
  return Bun.spawnSync(command, { env: environment, stdin: 'ignore', stdout: 2, stderr: 'inherit' }).success
}

function output(command: string[]): string {
  const [program = ''] = command
  if (Bun.which(program, { PATH: environment.PATH }) === null) return ''
  return Bun.spawnSync(command, { env: environment, stdin: 'ignore', stderr: 'ignore' }).stdout.toString().trim()
}
