import { isInteractive } from '../../src/kernel/fair-queue.js'
import type { ClaimRequest, QueueEntry, QueueFigures, QueueSettings, TaskGate } from '../../src/ports/task-queue.js'

interface ModelTask {
  entry: QueueEntry
  readonly accepted: number
  state: 'ready' | 'scheduled' | 'claimed'
  /** Ready, and its gate would let it run. */
  admitted: boolean
  /** Since when it is ready, or until when it is something else. */
  atMs: number
  attempt: number
  owner: string | null
}

interface ModelGate {
  bounds: TaskGate
  starts: number[]
}

interface ModelQueue {
  settings: QueueSettings
  claims: number
  /** From which share it claimed last, by class. */
  readonly reached: Map<boolean, number>
}

const gateName = ({ tenantId, gate }: QueueEntry): string | null => (gate ? `${tenantId} ${gate.key}` : null)

const inGateOrder = (one: ModelTask, other: ModelTask): number =>
  other.entry.priority - one.entry.priority || one.accepted - other.accepted

const byAge = (one: ModelTask, other: ModelTask): number => one.atMs - other.atMs || one.accepted - other.accepted

/** The rules of the work queue, as plainly as they can be said: everything is looked through each time. */
export class QueueModel {
  nowMs: number
  readonly #tasks = new Map<string, ModelTask>()
  readonly #gates = new Map<string, ModelGate>()
  readonly #queues = new Map<string, ModelQueue>()
  readonly #shares = new Map<string, number>()
  #accepted = 0

  constructor(nowMs: number) {
    this.nowMs = nowMs
  }

  get taskIds(): string[] {
    return [...this.#tasks.keys()]
  }

  attemptOf(taskId: string): number {
    return this.#tasks.get(taskId)?.attempt ?? 0
  }

  enqueue(entry: QueueEntry): void {
    const before = this.#tasks.get(entry.taskId)
    if (before?.state === 'claimed') return
    const gate = gateName(entry)
    if (entry.gate && gate !== null)
      this.#gates.set(gate, { starts: this.#gates.get(gate)?.starts ?? [], bounds: entry.gate })
    if (before) {
      this.#tasks.delete(entry.taskId)
      const left = gateName(before.entry)
      if (left !== gate) this.#settle(left)
    }
    this.#queueOf(entry.queue)
    const isDue = entry.runAtMs <= this.nowMs
    const readySinceMs = before?.state === 'ready' ? before.atMs : this.nowMs
    const task: ModelTask = {
      entry,
      accepted: before?.accepted ?? ++this.#accepted,
      state: 'scheduled',
      admitted: false,
      atMs: isDue ? readySinceMs : entry.runAtMs,
      attempt: Math.max(before?.attempt ?? 0, entry.claimsBefore ?? 0),
      owner: null,
    }
    this.#tasks.set(entry.taskId, task)
    if (isDue) this.#makeReady(task)
    else this.#settle(gate)
  }

  configure(queue: string, settings: QueueSettings): void {
    this.#queueOf(queue).settings = settings
  }

  claim(request: ClaimRequest): { taskId: string; attempt: number }[] {
    this.#wakeDue(request.queue)
    const queue = this.#queues.get(request.queue)
    if (!queue || queue.settings.paused) return []
    const places = this.#listPlaces(request)
    const free = (queue.settings.concurrency ?? Infinity) - this.#claimedOf((one) => one.queue === request.queue)
    const claimed: { taskId: string; attempt: number }[] = []
    while (claimed.length < Math.min(request.limit, free)) {
      const may = this.#list(
        ({ admitted, entry: { queue: name, tenantId } }) =>
          admitted && name === request.queue && tenantId === (request.tenantId ?? tenantId),
      )
      const task = this.#choose(
        { ...request, queue },
        may.filter(({ entry }) => (places(entry.key) ?? 0) > this.#claimedOf((one) => sameKey(one, entry))),
      )
      if (!task) break
      this.#take(task, request)
      queue.claims++
      claimed.push({ taskId: task.entry.taskId, attempt: task.attempt })
    }
    return claimed
  }

  heartbeat(taskId: string, attempt: number, leaseMs: number): boolean {
    const task = this.#current(taskId, attempt)
    if (!task) return false
    const { queue } = task.entry
    const bound = this.#queueOf(queue).settings.concurrency ?? Infinity
    const mayGoOn = task.admitted && this.#claimedOf((one) => one.queue === queue) < bound
    if (task.state !== 'claimed' && !mayGoOn) return false
    Object.assign(task, { state: 'claimed', admitted: false, atMs: this.nowMs + leaseMs })
    return true
  }

  complete(taskId: string, attempt: number): boolean {
    if (!this.#current(taskId, attempt)) return false
    this.remove(taskId)
    return true
  }

  remove(taskId: string): void {
    const task = this.#tasks.get(taskId)
    this.#tasks.delete(taskId)
    if (task) this.#settle(gateName(task.entry))
  }

  release(taskId: string, attempt: number, runAtMs: number): boolean {
    const task = this.#current(taskId, attempt)
    if (!task) return false
    task.owner = null
    task.entry = { ...task.entry, runAtMs }
    task.atMs = Math.max(runAtMs, this.nowMs)
    if (runAtMs > this.nowMs) {
      Object.assign(task, { state: 'scheduled', admitted: false })
      this.#settle(gateName(task.entry))
    } else if (task.state === 'claimed') {
      this.#makeReady(task)
    }
    return true
  }

  endLeasesOfOthers(owner: string, prefix: string): number {
    const owned = this.#list(
      (task) => task.state === 'claimed' && task.owner!.startsWith(prefix) && task.owner !== owner,
    ).sort((one, other) => one.accepted - other.accepted)
    for (const task of owned) {
      task.atMs = this.nowMs
      this.#makeReady(task)
    }
    return owned.length
  }

  lapsed(untilMs: number): { taskId: string; attempt: number }[] {
    return this.#list(({ state, atMs, owner }) => owner !== null && state !== 'scheduled' && atMs <= untilMs).map(
      ({ entry: { taskId }, attempt }) => ({ taskId, attempt }),
    )
  }

  lapse(taskId: string, attempt: number): boolean {
    const task = this.#current(taskId, attempt)
    if (!task || (task.state === 'claimed' && task.atMs > this.nowMs)) return false
    task.owner = null
    if (task.state === 'claimed') this.#makeReady(task)
    return true
  }

  /** Who has nothing in a queue is forgotten, unless others wait and the share is ahead of where the queue is. */
  forgetIdle(): void {
    for (const [share, value] of this.#shares) {
      if (this.#list(({ entry }) => shareName(entry) === share).length > 0) continue
      const [name = '', interactive = ''] = share.split(' ')
      const { reached } = this.#queueOf(name)
      const before = reached.get(interactive === 'true') ?? 0
      const waits = this.#list(({ state, entry }) => state === 'ready' && entry.queue === name).length > 0
      if (value > before && waits) continue
      reached.set(interactive === 'true', Math.max(before, value))
      this.#shares.delete(share)
    }
  }

  waitingByKey(queue: string): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { entry } of this.#list((task) => task.entry.queue === queue && this.#stateNow(task) !== 'claimed'))
      counts.set(entry.key, (counts.get(entry.key) ?? 0) + 1)
    return counts
  }

  figures(tenantId?: string): QueueFigures[] {
    return [...this.#queues.keys()].sort().map((queue) => {
      const tasks = this.#list(
        ({ entry }) => entry.queue === queue && (tenantId === undefined || entry.tenantId === tenantId),
      )
      const countOf = (state: string): number => tasks.filter((task) => this.#stateNow(task) === state).length
      const ready = tasks.filter((task) => this.#stateNow(task) === 'ready').sort(byAge)
      return {
        queue,
        readyCount: ready.length,
        scheduledCount: countOf('scheduled'),
        claimedCount: countOf('claimed'),
        oldestReadySinceMs: ready[0]?.atMs ?? null,
      }
    })
  }

  /** Where one tenant alone has something ready: the place of a task; else undefined. */
  position(taskId: string): number | null | undefined {
    const task = this.#tasks.get(taskId)
    if (!task?.admitted) return null
    const ready = this.#list(({ admitted, entry }) => admitted && entry.queue === task.entry.queue)
    if (ready.some(({ entry }) => entry.tenantId !== task.entry.tenantId)) return undefined
    return ready.filter((other) => inGateOrder(other, task) < 0).length
  }

  #list(wanted: (task: ModelTask) => boolean): ModelTask[] {
    return [...this.#tasks.values()].filter(wanted)
  }

  #claimedOf(wanted: (entry: QueueEntry) => boolean): number {
    return this.#list(({ state, entry }) => state === 'claimed' && wanted(entry)).length
  }

  #stateNow({ state, atMs }: ModelTask): string {
    return state !== 'ready' && atMs <= this.nowMs ? 'ready' : state
  }

  #queueOf(name: string): ModelQueue {
    let queue = this.#queues.get(name)
    if (!queue) {
      queue = { settings: { paused: false, concurrency: null, weights: {} }, claims: 0, reached: new Map() }
      this.#queues.set(name, queue)
    }
    return queue
  }

  #current(taskId: string, attempt: number): ModelTask | null {
    const task = this.#tasks.get(taskId)
    return task?.attempt === attempt && task.owner !== null ? task : null
  }

  #wakeDue(queue: string): void {
    const due = this.#list(
      ({ state, atMs, entry }) => state !== 'ready' && atMs <= this.nowMs && entry.queue === queue,
    ).sort(byAge)
    for (const task of due) this.#makeReady(task)
    const lapsed = this.#list(({ state, atMs, entry }) => state === 'claimed' && atMs <= this.nowMs && !!entry.gate)
    for (const task of lapsed.sort(byAge)) this.#makeReady(task)
    for (const gate of this.#gates.keys()) this.#settle(gate)
  }

  #makeReady(task: ModelTask): void {
    task.state = 'ready'
    if (task.entry.gate) this.#settle(gateName(task.entry))
    else this.#admit(task)
  }

  /** Of a gate's ready tasks the first may run, as many as its bounds have room for. */
  #settle(name: string | null): void {
    const gate = name === null ? undefined : this.#gates.get(name)
    if (!gate || this.#forgetGate(name!, gate)) return
    const { maxClaimed, rate } = gate.bounds
    const claimed = this.#claimedOf((entry) => gateName(entry) === name)
    const begun = rate ? gate.starts.filter((atMs) => atMs > this.nowMs - rate.perMs).length : 0
    const room = Math.max(0, Math.min(maxClaimed - claimed, rate ? rate.count - begun : Infinity))
    const isPaused = ({ entry }: ModelTask): number => Number(this.#queueOf(entry.queue).settings.paused)
    const ready = this.#list(({ state, entry }) => state === 'ready' && gateName(entry) === name)
    ready.sort((one, other) => isPaused(one) - isPaused(other) || inGateOrder(one, other))
    for (const task of ready.slice(0, room)) if (!task.admitted) this.#admit(task)
    for (const task of ready.slice(room)) task.admitted = false
  }

  /** Of a gate without tasks only the claims that its rate still counts are of interest. */
  #forgetGate(name: string, { bounds: { rate }, starts }: ModelGate): boolean {
    if (this.#list(({ entry }) => gateName(entry) === name).length > 0) return false
    const last = rate ? starts.at(-1) : undefined
    const counts = rate && last !== undefined && last + rate.perMs > this.nowMs
    if (!counts) this.#gates.delete(name)
    return !counts
  }

  #admit(task: ModelTask): void {
    const { queue, key, tenantId } = task.entry
    const isRival = (other: ModelTask): boolean =>
      other.admitted && other.entry.queue === queue && isInteractive(other.entry) === isInteractive(task.entry)
    const rivals = this.#list(isRival)
    if (!rivals.some(({ entry }) => entry.tenantId === tenantId)) {
      const shares = rivals.filter(({ entry }) => entry.key === key).map(({ entry }) => this.#shareOf(entry))
      const reached = this.#queueOf(queue).reached.get(isInteractive(task.entry)) ?? 0
      this.#shares.set(shareName(task.entry), Math.max(this.#shareOf(task.entry), Math.min(reached, ...shares)))
    }
    task.admitted = true
  }

  #shareOf(entry: QueueEntry): number {
    return this.#shares.get(shareName(entry)) ?? 0
  }

  #listPlaces({ queue, keys, maxPerKey }: ClaimRequest): (key: string) => number | null {
    const most = maxPerKey === undefined ? Infinity : maxPerKey - Math.max(1, Math.floor(maxPerKey / 64))
    const closed = new Set<string>()
    for (const { entry } of this.#list(({ entry }) => entry.queue === queue))
      if (this.#claimedOf((one) => sameKey(one, entry)) > most) closed.add(entry.key)
    return (key) => ((keys && !keys.includes(key)) || closed.has(key) ? null : (maxPerKey ?? Infinity))
  }

  #choose(
    { queue, tenantId }: { readonly queue: ModelQueue; readonly tenantId?: string },
    tasks: readonly ModelTask[],
  ): ModelTask | null {
    if ((queue.claims + 1) % 4 === 0) return tasks.toSorted(byAge)[0] ?? null
    const [task] = tasks.toSorted(
      (one, other) =>
        Number(isInteractive(other.entry)) - Number(isInteractive(one.entry)) ||
        this.#shareOf(one.entry) - this.#shareOf(other.entry) ||
        inGateOrder(one, other),
    )
    if (!task || tenantId !== undefined) return task ?? null
    const interactive = isInteractive(task.entry)
    queue.reached.set(interactive, Math.max(queue.reached.get(interactive) ?? 0, this.#shareOf(task.entry)))
    return task
  }

  #take(task: ModelTask, { owner, leaseMs, tenantId }: ClaimRequest): void {
    const { entry } = task
    const attempt = task.attempt + 1
    Object.assign(task, { state: 'claimed', admitted: false, atMs: this.nowMs + leaseMs, attempt, owner })
    const weight = this.#queueOf(entry.queue).settings.weights[entry.tenantId] ?? 1
    if (tenantId === undefined) this.#shares.set(shareName(entry), this.#shareOf(entry) + 1 / weight)
    const gate = this.#gates.get(gateName(entry) ?? '')
    if (gate?.bounds.rate) gate.starts = [...gate.starts, this.nowMs].slice(-gate.bounds.rate.count)
  }
}

const sameKey = (one: QueueEntry, other: QueueEntry): boolean => one.queue === other.queue && one.key === other.key

const shareName = (entry: QueueEntry): string => `${entry.queue} ${String(isInteractive(entry))} ${entry.tenantId}`
