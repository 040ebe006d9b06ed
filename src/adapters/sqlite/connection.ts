import { DatabaseSync, type StatementSync } from 'node:sqlite'

export type SqlValue = string | number | null

/**
 * A bound limit, in place of `LIMIT ?`. SQLite may plan by a limit that stands alone, so it compiles such a statement anew
 * each time one is bound, which costs more than most statements do.
 */
export const boundLimit = (parameter = '?'): string => `LIMIT ${parameter} + 0`

const MAX_STATEMENTS = 256
const BUSY_TIMEOUT_MS = 5_000

interface Prepared {
  readonly statement: StatementSync
  /** Of its columns; null until rows of it are read. */
  names: readonly string[] | null
}

interface Sum {
  readonly keys: readonly SqlValue[]
  readonly amounts: number[]
}

/** One connection with its prepared statements, of which the most recently used are kept. */
export class Connection implements Disposable {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, Prepared>()
  /** By statement and row: what `addUp` was given and is not written yet. */
  readonly #sums = new Map<string, Map<string, Sum>>()

  #overwritesDeleted = false

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: false })
  }

  /** Whether what is deleted from now on is overwritten. */
  overwriteDeleted(isOn: boolean): void {
    if (isOn !== this.#overwritesDeleted) this.exec(`PRAGMA secure_delete = ${isOn ? 'ON' : 'OFF'}`)
    this.#overwritesDeleted = isOn
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction
  }

  exec(sql: string): void {
    this.#database.exec(sql)
  }

  #prepare(sql: string): Prepared {
    let prepared = this.#statements.get(sql)
    if (prepared) {
      if (this.#statements.size < MAX_STATEMENTS) return prepared
      this.#statements.delete(sql)
    } else {
      const statement = this.#database.prepare(sql)
      // Rows as objects take twice as long: each time the names of the columns become strings.
      statement.setReturnArrays(true)
      prepared = { statement, names: null }
      if (this.#statements.size >= MAX_STATEMENTS) {
        const oldest = this.#statements.keys().next().value
        if (oldest !== undefined) this.#statements.delete(oldest)
      }
    }
    this.#statements.set(sql, prepared)
    return prepared
  }

  /** The rows as the caller declares them; the SQL and the type stand side by side. */
  all<Row>(sql: string, values: readonly SqlValue[] = []): Row[] {
    const prepared = this.#prepare(sql)
    const rows = prepared.statement.all(...values) as unknown as SqlValue[][]
    return rows.map((row) => toRow<Row>(prepared, row))
  }

  get<Row>(sql: string, values: readonly SqlValue[] = []): Row | undefined {
    const prepared = this.#prepare(sql)
    const row = prepared.statement.get(...values) as unknown as SqlValue[] | undefined
    return row && toRow<Row>(prepared, row)
  }

  /** The number of rows changed. */
  run(sql: string, values: readonly (SqlValue | Uint8Array)[] = []): number {
    return Number(this.#prepare(sql).statement.run(...values).changes)
  }

  /** The number of the row that was inserted; null when none was. */
  insert(sql: string, values: readonly SqlValue[]): number | null {
    const { changes, lastInsertRowid } = this.#prepare(sql).statement.run(...values)
    return Number(changes) === 0 ? null : Number(lastInsertRowid)
  }

  /**
   * Adds amounts to counters of a row, all that are for it at once: at `settle`, or when the transaction ends. The
   * statement takes what names the row, and then the amounts. Whoever reads such counters settles first.
   */
  addUp(sql: string, keys: readonly SqlValue[], amounts: readonly number[]): void {
    const rows = this.#sums.get(sql) ?? new Map<string, Sum>()
    this.#sums.set(sql, rows)
    const name = keys.join('\0')
    const sum = rows.get(name)
    if (sum) amounts.forEach((amount, at) => (sum.amounts[at]! += amount))
    else rows.set(name, { keys, amounts: [...amounts] })
  }

  settle(): void {
    if (this.#sums.size === 0) return
    for (const [sql, rows] of this.#sums)
      for (const { keys, amounts } of rows.values()) this.run(sql, [...keys, ...amounts])
    this.#sums.clear()
  }

  commit(): void {
    this.settle()
    this.run('COMMIT')
  }

  /** Undoes the open transaction, or what was done since the savepoint. */
  rollback(savepoint?: string): void {
    this.#sums.clear()
    if (!this.inTransaction) return
    if (savepoint === undefined) return void this.run('ROLLBACK')
    this.run(`ROLLBACK TO ${savepoint}`)
    this.run(`RELEASE ${savepoint}`)
  }

  /** Runs reads that see one state of the database. */
  snapshot<T>(read: () => T): T {
    this.run('BEGIN')
    try {
      return read()
    } finally {
      this.run('COMMIT')
    }
  }

  /** Runs `work` in one transaction, undone when it throws. */
  transaction<T>(work: () => T): T {
    this.run('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.commit()
      return result
    } catch (error) {
      this.rollback()
      throw error
    }
  }

  [Symbol.dispose](): void {
    this.#statements.clear()
    this.#database.close()
  }
}

function toRow<Row>(prepared: Prepared, values: readonly SqlValue[]): Row {
  const names = (prepared.names ??= prepared.statement.columns().map(({ name }) => name))
  const row: Record<string, SqlValue> = {}
  for (let at = 0; at < names.length; at++) row[names[at]!] = values[at]!
  return row as Row
}

/** Settings of every connection. A commit returns when it is on the disk. */
export function openConnection(path: string, mode: 'read' | 'write'): Connection {
  const connection = new Connection(path)
  try {
    connection.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY')
    connection.exec(
      mode === 'read' ? 'PRAGMA query_only = ON; PRAGMA cache_size = -8192' : 'PRAGMA cache_size = -16384',
    )
    return connection
  } catch (error) {
    connection[Symbol.dispose]()
    throw error
  }
}
