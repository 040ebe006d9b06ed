import { DatabaseSync } from 'node:sqlite'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { BareRequest, BareSettings } from './bare-tables.js'

const { path, indexes } = workerData as BareSettings
const CHECKPOINT_EVERY_COMMITS = 64
/** About what a task and an event of it take. */
const TASK = JSON.stringify({ text: 'x'.repeat(400) })
const EVENT = JSON.stringify({ text: 'x'.repeat(120) })

const database = new DatabaseSync(path)
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0')
database.exec('PRAGMA cache_size = -16384')
const COLUMNS =
  'number INTEGER PRIMARY KEY, id TEXT, tenant TEXT, type TEXT, queue TEXT, state TEXT, ended INTEGER, body TEXT'
database.exec(`CREATE TABLE tasks (${COLUMNS})`)
database.exec('CREATE TABLE events (number INTEGER PRIMARY KEY, task INTEGER, body TEXT)')
const INDEXES = [
  'UNIQUE INDEX ids ON tasks (id)',
  "INDEX next ON tasks (number) WHERE state = 'QUEUED'",
  'INDEX of_tenant ON tasks (tenant, id)',
  'INDEX by_state ON tasks (tenant, state, id)',
  'INDEX by_type ON tasks (tenant, type, id)',
  'INDEX by_queue ON tasks (tenant, queue, id)',
  'INDEX by_end ON tasks (tenant, ended, id) WHERE ended IS NOT NULL',
  'INDEX to_delete ON tasks (state, ended, id) WHERE ended IS NOT NULL',
]
for (const index of INDEXES.slice(0, indexes)) database.exec(`CREATE ${index}`)

const ADD =
  "INSERT INTO tasks (id, tenant, type, queue, state, body) VALUES (?, 'bench', 'empty', 'bench', 'QUEUED', ?)"
const insert = database.prepare(ADD)
const begin = database.prepare("UPDATE tasks SET state = 'RUNNING', body = ? WHERE number = ?")
const end = database.prepare("UPDATE tasks SET state = 'SUCCEEDED', ended = unixepoch(), body = ? WHERE number = ?")
const tell = database.prepare('INSERT INTO events (task, body) VALUES (?, ?)')
let added = 0
let begun = 0
let commits = 0

function execute({ kind, task }: BareRequest): number {
  if (kind === 'add') {
    insert.run(`task_01m8fhb0f9e8d9fk${String(++added).padStart(10, '0')}`, TASK)
    tell.run(added, EVENT)
    return added
  }
  const number = kind === 'begin' ? ++begun : task
  const change = kind === 'begin' ? begin : end
  change.run(TASK, number)
  tell.run(number, EVENT)
  return number
}

function receive(port: MessagePort, first: readonly BareRequest[]): void {
  for (let waiting: readonly BareRequest[] = first; ;) {
    for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port))
      waiting = [...waiting, ...(more.message as readonly BareRequest[])]
    if (waiting.length === 0) return
    database.exec('BEGIN IMMEDIATE')
    const answers = waiting.map(execute)
    database.exec('COMMIT')
    port.postMessage(answers)
    if (++commits % CHECKPOINT_EVERY_COMMITS === 0) database.exec('PRAGMA wal_checkpoint(PASSIVE)')
    waiting = []
  }
}

const port = parentPort!
port.on('message', (requests: readonly BareRequest[]) => receive(port, requests))
