import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const lockfile = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>
}
const packages = Object.entries(lockfile.packages).filter(([path]) => path !== '')
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Packages that want to run something when installed, and why they work when that is refused or skipped. */
const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  'onnxruntime-node': 'would fetch CUDA libraries; the CPU library is in the package, and .npmrc skips the script',
  protobufjs: 'only warns about version schemes',
  '@apollo/protobufjs': 'only warns about version schemes',
  koffi: 'its libraries are packages of their own (@koromix/koffi-*)',
  fsevents: 'optional, and for macOS only',
}

test.each(['graphql', 'onnxruntime-node', '@huggingface/transformers'])('there is one copy of %s', (name) => {
  expect(packages.map(([path]) => path).filter((path) => nameOf(path) === name)).toEqual([`node_modules/${name}`])
})

test('no package names the address of a registry', () => {
  expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([])
  expect(packages.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([])
})

test('install scripts are those that may be skipped', () => {
  const scripted = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path))
  expect(scripted.filter((name) => !(name in INSTALL_SCRIPTS))).toEqual([])
})

// npm leaves out what it could not find, and then refuses to install from such a file.
test('packages for every platform are locked', () => {
  const locked = new Set(packages.map(([path]) => nameOf(path)))
  const wanted = Object.values(lockfile.packages).flatMap((one) => Object.keys(one.optionalDependencies ?? {}))
  expect(wanted.filter((name) => !locked.has(name))).toEqual([])
})

test('the lock file fits package.json', () => {
  const declared = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as object
  const locked = lockfile.packages['']
  for (const group of ['dependencies', 'devDependencies', 'optionalDependencies'])
    expect(locked?.[group as keyof LockedPackage]).toEqual(declared[group as keyof object])
})
