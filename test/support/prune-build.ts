import { existsSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Removes from the build what was compiled from sources that are gone; the compiler leaves it, and tests would run. */
const build = dirname(dirname(import.meta.dirname))
const sources = dirname(build)

for (const entry of readdirSync(build, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  const output = join(entry.parentPath, entry.name)
  const stem = /^(.*)\.js(?:\.map)?$/.exec(relative(build, output))?.[1]
  if (stem !== undefined && !existsSync(join(sources, `${stem}.ts`))) rmSync(output)
}
