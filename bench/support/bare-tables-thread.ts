import { DatabaseSync } from 'node:sqlite'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { BareRequest, BareSettings } from './bare-tables.js'

const { path, hasIndexes } = workerData as BareSettings
const CHECKPOINT_EVERY_COMMITS = 64
/** About what a task and an event of it take. */
const TASK = JSON.stringify({ text: 'x'.repeat(400) })
const EVENT = JSON.stringify({ text: 'x'.repeat(120) })

const database = new DatabaseSync(path)
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0')
database.exec('PRAGMA cache_size = -16384')
database.exec('CREATE TABLE tasks (number INTEGER PRIMARY KEY, id TEXT, state TEXT, body TEXT)')
database.exec('CREATE TABLE events (number INTEGER PRIMARY KEY, task INTEGER, body TEXT)')
if (hasIndexes)
  database.exec("CREATE UNIQUE INDEX ids ON tasks (id); CREATE INDEX next ON tasks (number) WHERE state = 'QUEUED'")

const insert = database.prepare("INSERT INTO tasks (id, state, body) VALUES (?, 'QUEUED', ?)")
const update = database.prepare('UPDATE tasks SET state = ?, body = ? WHERE number = ?')
const tell = database.prepare('INSERT INTO events (task, body) VALUES (?, ?)')
let added = 0
let begun = 0
let commits = 0

function execute({ kind, task }: BareRequest): number {
  if (kind === 'add') {
    insert.run(`task_${added++}`, TASK)
    tell.run(added, EVENT)
    return added
  }
  const number = kind === 'begin' ? ++begun : task
  update.run(kind === 'begin' ? 'RUNNING' : 'SUCCEEDED', TASK, number)
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
