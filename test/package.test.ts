/** Promises of the package to those who install it. */
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import manifest from '../package.json'

interface Locked {
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly optional?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const root = join(import.meta.dir, '..')
const lockfile = await Bun.file(join(root, 'package-lock.json')).text()
const { packages } = JSON.parse(lockfile) as { packages: Record<string, Locked> }
const dependencies: Record<string, string> = { ...manifest.dependencies, ...manifest.devDependencies }

test('every direct dependency is pinned to one version', () => {
  expect(Object.entries(dependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
})

test('the lockfile names no registry', () => {
  expect(lockfile.match(/https?:\/\/[^"]*\.tgz|"resolved"/g)).toBeNull()
})

test('the lockfile holds the packages of every platform, with checksums', () => {
  const missing = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies).filter((name) => packages[`node_modules/${name}`] === undefined),
  )
  expect(missing).toEqual([]) // npm ci would refuse such a lockfile, here or on another platform
  const unchecked = Object.entries(packages).filter(([path, { integrity }]) => path !== '' && integrity === undefined)
  expect(unchecked.map(([path]) => path)).toEqual([])
})

test('the Bun that is demanded is the one that is installed and the one that runs', () => {
  expect(manifest.engines.bun).toBe(manifest.dependencies.bun)
  expect(Bun.version).toBe(manifest.dependencies.bun)
})

test('every install script among the dependencies was decided upon', () => {
  const scripted = Object.entries(packages).filter(([, one]) => one.hasInstallScript === true && one.optional !== true)
  const names = scripted.map(([path]) => path.replace(/^.*node_modules\//, ''))
  expect(Object.keys(manifest.allowScripts).toSorted()).toEqual(names.toSorted())
})

test('every dependency has its reason in the documentation', async () => {
  const documentation = await Bun.file(join(root, 'docs', 'dependencies.md')).text()
  const documented = [...documentation.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, name = '']) => name)
  expect(documented.toSorted()).toEqual(Object.keys(dependencies).toSorted())
})
