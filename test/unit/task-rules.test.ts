import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTaskEnded, isTaskWaiting, type TaskDocument, type TaskState } from '../../src/domain/task.js'
import type { ErrorInfo } from '../../src/kernel/errors.js'
import { NOT_YET_MS, type QueueChange } from '../../src/ports/task-queue.js'
import * as rules from '../../src/services/tasks/task-rules.js'
import { changePriority, reschedule } from '../../src/services/tasks/task-waiting-rules.js'
import { isFullTest, testSeed } from '../support/seed.js'
import { makeTask } from '../support/tasks.js'

/** Which state can follow which, by the rules as they are told to users. */
const WAYS: Readonly<Record<TaskState, readonly TaskState[]>> = {
  SCHEDULED: ['SCHEDULED', 'QUEUED', 'CANCELLED', 'EXPIRED'],
  BLOCKED: ['BLOCKED', 'SCHEDULED', 'QUEUED', 'CANCELLED', 'EXPIRED'],
  QUEUED: ['QUEUED', 'SCHEDULED', 'RUNNING', 'CANCELLED', 'EXPIRED', 'FAILED'],
  // One whose worker was lost waits for another, and can expire then.
  RUNNING: ['RUNNING', 'QUEUED', 'RETRYING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELLING', 'CANCELLED', 'EXPIRED'],
  RETRYING: ['RETRYING', 'SCHEDULED', 'QUEUED', 'CANCELLED', 'EXPIRED'],
  CANCELLING: ['CANCELLING', 'CANCELLED', 'SUCCEEDED'],
  SUCCEEDED: [],
  FAILED: [],
  CANCELLED: [],
  TIMED_OUT: [],
  EXPIRED: [],
}

type Command = { readonly [K in keyof Args]: { readonly kind: K } & Args[K] }[keyof Args]
interface Args {
  pass: { readonly ms: number }
  claim: { readonly skipped: number }
  succeed: object
  fail: { readonly retryable: boolean; readonly retryAfterMs: number }
  interrupt: object
  lose: { readonly skipped: number }
  cancel: object
  stopped: object
  progress: { readonly done: number }
  priority: { readonly priority: number }
  reschedule: { readonly inMs: number | null }
  unblock: object
}

const commands: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(20_000) }),
  fc.record({
    kind: fc.constant('claim' as const),
    skipped: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(4)),
  }),
  fc.record({ kind: fc.constant('succeed' as const) }),
  fc.record({ kind: fc.constant('fail' as const), retryable: fc.boolean(), retryAfterMs: fc.nat(30_000) }),
  fc.record({ kind: fc.constant('interrupt' as const) }),
  fc.record({ kind: fc.constant('lose' as const), skipped: fc.nat(1) }),
  fc.record({ kind: fc.constant('cancel' as const) }),
  fc.record({ kind: fc.constant('stopped' as const) }),
  fc.record({ kind: fc.constant('progress' as const), done: fc.nat(100) }),
  fc.record({ kind: fc.constant('priority' as const), priority: fc.nat(9) }),
  fc.record({ kind: fc.constant('reschedule' as const), inMs: fc.option(fc.nat(20_000)) }),
  fc.record({ kind: fc.constant('unblock' as const) }),
)

const failure = (retryable: boolean, retryAfterMs: number): ErrorInfo => ({
  code: 'UNAVAILABLE',
  message: 'no',
  retryable,
  details: { retryAfterMs },
})

/** The task and its place in the queue, as the queue would have it. */
class World {
  task: TaskDocument
  now = 1_000_000
  place: 'out' | 'held' | 'in' | 'claimed' = 'out'
  claims = 0

  constructor(task: TaskDocument) {
    this.task = task
    this.#take(rules.acceptTask(task, this.now))
  }

  run(command: Command): void {
    const before = this.task
    const change = this.#change(command)
    if (!change) return
    expect(WAYS[before.state]).toContain(change.next.state)
    this.#take(change)
    this.#check(before)
  }

  #change(command: Command): rules.TaskChange | null {
    const { task, now } = this
    switch (command.kind) {
      case 'pass':
        this.now += command.ms
        return rules.passDue(task, this.now)
      case 'claim':
        if (this.place === 'out' || this.place === 'held') return null
        // Claims that ended before anybody saw them, and one that the task learns of.
        this.claims += 1 + command.skipped
        this.place = 'claimed'
        return rules.beginAttempt(task, { attempt: this.claims, workerId: 'w', token: null }, now)
      case 'succeed':
        return rules.succeed(task, { inline: 1 }, now)
      case 'fail':
        return rules.failAttempt(task, { error: failure(command.retryable, command.retryAfterMs), nowMs: now })
      case 'lose':
        // Also of a claim that ended before its task was told of it.
        if (this.place !== 'claimed' && (command.skipped === 0 || this.place !== 'in')) return null
        this.claims += command.skipped
        this.place = 'claimed'
        return rules.loseAttempt(task, this.claims, now)
      case 'interrupt':
        return rules.interrupt(task, now)
      case 'cancel':
        return rules.requestCancel(task, now)
      case 'stopped':
        return rules.stopCancelled(task, now)
      case 'progress':
        return rules.reportProgress(task, { done: command.done, total: 100, message: null })
      case 'priority':
        return changePriority(task, command.priority, now)
      case 'reschedule':
        return reschedule(task, command.inMs === null ? null : now + command.inMs, now)
      case 'unblock':
        return rules.unblock(task, now)
    }
  }

  #take({ next, queue }: rules.TaskChange): void {
    const wasWorkedOn = rules.isWorkedOn(this.task)
    for (const change of queue) this.#apply(change)
    // Who gives a claim back tells the queue so beside.
    if (wasWorkedOn && next.state === 'QUEUED') this.place = 'in'
    this.task = next
  }

  #apply(change: QueueChange): void {
    if (change.kind === 'complete') {
      expect(change.attempt).toBe(this.claims)
      this.place = 'out'
    } else if (change.kind === 'lapse') {
      expect(change.attempt).toBe(this.claims)
      expect(this.place).toBe('claimed')
      this.place = 'in'
    } else if (change.kind === 'remove') {
      this.place = 'out'
    } else if (change.kind === 'enqueue') {
      expect(this.place).not.toBe('claimed')
      expect(change.entry).toMatchObject({ claimsBefore: this.claims, priority: expect.any(Number) as number })
      this.place = change.entry.runAtMs === NOT_YET_MS ? 'held' : 'in'
    }
  }

  #check(before: TaskDocument): void {
    const { task } = this
    const last = task.attempts.at(-1)
    const waits = task.state === 'QUEUED' ? 'in' : isTaskWaiting(task.state) ? 'held' : 'out'
    expect(this.place).toBe(rules.isWorkedOn(task) ? 'claimed' : waits)
    expect(task.endedAt !== null).toBe(isTaskEnded(task.state))
    expect(last?.endedAt === null).toBe(rules.isWorkedOn(task))
    expect(task.attempt).toBeGreaterThanOrEqual(before.attempt)
    expect(task.failures).toBeLessThanOrEqual(task.attemptLimit)
    expect(task.losses).toBeLessThanOrEqual(isTaskEnded(task.state) ? 20 : rules.MAX_LOSSES - 1)
    if (isTaskEnded(task.state)) expect(task.dueAt).toBeNull()
    if (task.state === 'SCHEDULED' || task.state === 'RETRYING') expect(task.dueAt).toBeLessThanOrEqual(task.runAt!)
    if (isTaskWaiting(task.state)) expect(task.workerId).toBeNull()
    const sameAttempt = task.attempt === before.attempt && rules.isWorkedOn(before) && rules.isWorkedOn(task)
    if (sameAttempt && before.progress) expect(task.progress!.done).toBeGreaterThanOrEqual(before.progress.done)
    const numbers = task.attempts.map(({ number }) => number)
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
  }
}

const tasks = fc.record({
  state: fc.constantFrom<TaskState>('QUEUED', 'BLOCKED'),
  runAt: fc.option(fc.integer({ min: 990_000, max: 1_020_000 })),
  expiresAt: fc.option(fc.integer({ min: 1_000_001, max: 1_040_000 })),
  timeoutMs: fc.option(fc.integer({ min: 1, max: 10_000 })),
  attemptLimit: fc.integer({ min: 1, max: 4 }),
})

test('whatever happens to a task, it goes from state to state by the rules, and its place in the queue fits', () => {
  const world = fc.property(tasks, fc.array(commands, { maxLength: 60 }), (made, happens) => {
    const one = new World(makeTask(made))
    for (const command of happens) one.run(command)
  })
  fc.assert(world, { seed: testSeed(), numRuns: isFullTest() ? 50_000 : 2_000 })
})

const begun = (changes: Partial<TaskDocument> = {}, attempt = 1): TaskDocument =>
  rules.beginAttempt(makeTask(changes), { attempt, workerId: 'w', token: null }, 2_000)!.next

test('waits double until the most, what the other side asks for counts, and chance shortens them', () => {
  const backoff = { initialMs: 100, factor: 2, maxMs: 350, jitter: 0.5 }
  const waits = [1, 2, 3, 4].map((failures) => {
    const task = begun({ backoff, attemptLimit: 9, failures: failures - 1 })
    return rules.failAttempt(task, { error: failure(true, 0), nowMs: 2_000 })!.next.runAt! - 2_000
  })
  expect(waits).toEqual([100, 200, 350, 350])
  const task = begun({ backoff, attemptLimit: 9 })
  expect(rules.failAttempt(task, { error: failure(true, 900), nowMs: 0 })!.next.runAt).toBe(900)
  expect(rules.failAttempt(task, { error: failure(true, 0), nowMs: 0, random: 1 })!.next.runAt).toBe(50)
})

test('a task that its worker is lost with three times one after the other is a dead letter', () => {
  const second = rules.beginAttempt(begun(), { attempt: 2, workerId: 'w', token: null }, 3_000)!.next
  expect(second).toMatchObject({ state: 'RUNNING', losses: 1 })
  expect(second.attempts[0]).toMatchObject({ number: 1, endedAt: 3_000, error: { code: 'UNAVAILABLE' } })
  const third = rules.beginAttempt(second, { attempt: 3, workerId: 'w', token: null }, 4_000)!.next
  const dead = rules.beginAttempt(third, { attempt: 4, workerId: 'w', token: null }, 5_000)!.next
  expect(dead).toMatchObject({ state: 'FAILED', isDeadLetter: true, error: { code: 'WORKER_LOST' } })
  expect(rules.beginAttempt(makeTask(), { attempt: 4, workerId: 'w', token: null }, 5_000)!.next.state).toBe('FAILED')
})

test('a lost worker’s task waits again, counted as lost once, and is a dead letter the third time', () => {
  const lost = rules.loseAttempt(begun(), 1, 3_000)!
  expect(lost.next).toMatchObject({ state: 'QUEUED', losses: 1, workerId: null, claimToken: null, queuedAt: 3_000 })
  expect(lost.next.stateReason).toContain('lost')
  expect(lost.next.attempts).toMatchObject([{ number: 1, endedAt: 3_000, error: { code: 'UNAVAILABLE' } }])
  expect(rules.loseAttempt(lost.next, 1, 3_000)).toBeNull()
  const second = rules.beginAttempt(lost.next, { attempt: 2, workerId: 'w', token: null }, 4_000)!.next
  expect(second).toMatchObject({ state: 'RUNNING', losses: 1, stateReason: null })
  expect(rules.loseAttempt(second, 1, 5_000)).toBeNull()
  // The third claim ended before the task was told of it.
  const unseen = rules.loseAttempt(rules.loseAttempt(second, 2, 5_000)!.next, 3, 6_000)!
  expect(unseen.next).toMatchObject({ state: 'FAILED', isDeadLetter: true, attempt: 3, error: { code: 'WORKER_LOST' } })
  expect(unseen.queue).toEqual([
    { kind: 'lapse', taskId: unseen.next.id, attempt: 3 },
    { kind: 'remove', taskId: unseen.next.id },
  ])
})

test('what was put off while it was claimed is not begun', () => {
  const later = reschedule(makeTask(), 9_000, 2_000)!
  expect(later.queue).toMatchObject([{ kind: 'enqueue', ifWaits: true }])
  const change = rules.beginAttempt(later.next, { attempt: 1, workerId: 'w', token: null }, 2_000)!
  expect(change.next).toMatchObject({ state: 'SCHEDULED', runAt: 9_000, attempt: 1, losses: 0, attempts: [] })
  expect(change.queue).toMatchObject([
    { kind: 'complete', attempt: 1 },
    { kind: 'enqueue', entry: { runAtMs: NOT_YET_MS, claimsBefore: 1 } },
  ])
})

test('there is never more done than there is', () => {
  const told = (done: number, total: number | null, task = begun()) =>
    rules.reportProgress(task, { done, total, message: null })!.next
  expect(told(5, 3).progress).toMatchObject({ done: 5, total: 5 })
  const first = told(4, 10)
  expect(told(1, 2, first).progress).toMatchObject({ done: 4, total: 4 })
  expect(told(6, null, first).progress).toMatchObject({ done: 6, total: 10 })
})

test('workers that stop in order are no losses', () => {
  let task = makeTask()
  for (let attempt = 1; attempt <= 10; attempt++) {
    const running = rules.beginAttempt(task, { attempt, workerId: 'w', token: null }, 2_000)!.next
    task = rules.interrupt(running, 2_000)!.next
  }
  expect(task).toMatchObject({ state: 'QUEUED', losses: 0, failures: 0 })
})

test('an attempt that takes too long ends with an error that says so, also in its stored form', () => {
  const waiting = makeTask({ timeoutMs: 10, attemptLimit: 1 })
  const { next } = rules.beginAttempt(waiting, { attempt: 1, workerId: 'w', token: null }, 1_000)!
  const passed = rules.passDue(next, next.dueAt!)!.next
  expect(JSON.parse(JSON.stringify(passed))).toMatchObject({
    state: 'TIMED_OUT',
    error: { code: 'DEADLINE_EXCEEDED', message: 'The attempt took longer than 10 ms.', retryable: true },
  })
})
