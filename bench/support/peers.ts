import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../../.cache/peers')

/**
 * The folder with these npm packages, which something is measured against: fetched once, each peer into a folder of its
 * own. `overrides` are versions of what these need. Nothing that they would run at their installation is run.
 */
export function fetchPeer(
  name: string,
  packages: readonly string[],
  overrides: Readonly<Record<string, string>> = {},
): string {
  const folder = join(FOLDER, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, overrides }))
  const [first = ''] = packages
  if (!existsSync(join(folder, 'node_modules', first.slice(0, first.lastIndexOf('@')))))
    execFileSync('npm', ['install', '--prefix', folder, '--no-save', '--ignore-scripts', ...packages], {
      cwd: folder,
      stdio: 'inherit',
    })
  return folder
}
