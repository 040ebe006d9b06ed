import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Runs one benchmark in a process of its own: `npm run bench -- NAME [arguments]`. */
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.js') && file !== basename(import.meta.filename))
  .map((file) => basename(file, '.js'))
const [name = '', ...args] = process.argv.slice(2)

if (names.includes(name)) {
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.js`), ...args], {
    stdio: 'inherit',
    // What is measured against has no telemetry either.
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  })
  const [exitCode] = (await once(child, 'close')) as [number | null]
  process.exitCode = exitCode ?? 1
} else {
  console.error(
    `${name === '' ? 'Name a benchmark' : `There is no benchmark "${name}"`}: ${names.join(', ') || 'none'}`,
  )
  process.exitCode = 1
}
