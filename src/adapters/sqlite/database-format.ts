import { GraphloomError } from '../../kernel/errors.js'
import { BASE_TABLES } from './base-tables.js'
import type { Connection } from './connection.js'
import { countQueuedTasks } from './queue-migration.js'
import { GATED_IN_QUEUE, LAPSED_CLAIMS } from './queue-tables.js'

/** Version of the tables outside the collections. */
export const FORMAT_VERSION = 4

/** `FORMAT_MIGRATIONS[n]` takes a database of version n to n + 1, within one transaction. */
const FORMAT_MIGRATIONS: Readonly<Record<number, (database: Connection) => void>> = {
  1: countQueuedTasks,
  2: (database) => database.exec(GATED_IN_QUEUE),
  3: (database) => database.exec(LAPSED_CLAIMS),
}

/** Creates the tables, or brings them to this version. `UNAVAILABLE` for a newer database, or one of another program. */
export function openFormat(database: Connection, path: string): void {
  const found = readVersion(database, path)
  if (found !== null && found > FORMAT_VERSION) throw newerData(path, found, FORMAT_VERSION)
  database.exec('PRAGMA journal_mode = WAL')
  if (found === FORMAT_VERSION) return
  database.transaction(() => {
    if (found === null) {
      database.exec('CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID')
      database.exec(BASE_TABLES)
    }
    for (let version = found ?? FORMAT_VERSION; version < FORMAT_VERSION; version++)
      FORMAT_MIGRATIONS[version]?.(database)
    database.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('format_version', ?)", [FORMAT_VERSION])
  })
}

export const newerData = (path: string, found: number, supported: number, what = 'format'): GraphloomError =>
  new GraphloomError(
    'UNAVAILABLE',
    `${path} was written by a newer version of the server: it has ${what} ${found}, this server knows ${what} ${supported} at most.`,
  )

function readVersion(database: Connection, path: string): number | null {
  const tables = database.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
  if (tables.length === 0) return null
  const isOurs = tables.some(({ name }) => name === 'meta')
  const row = isOurs
    ? database.get<{ value: unknown }>("SELECT value FROM meta WHERE key = 'format_version'")
    : undefined
  if (typeof row?.value !== 'number')
    throw new GraphloomError('UNAVAILABLE', `${path} is a database of another program.`)
  return row.value
}
