import { readFile } from 'node:fs/promises'

/** The project's folder. */
export const root = new URL('../../../', import.meta.url)

const { scripts } = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as { scripts: { start: string } }

/** What `npm start` gives to Node: its own arguments, then the file to run. */
export const startArguments: readonly string[] = scripts.start.split(' ').slice(1)
