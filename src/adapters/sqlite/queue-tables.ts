export const GATED_IN_QUEUE =
  'CREATE INDEX IF NOT EXISTS tasks_gated_in_queue ON tasks (gate, queue, state, priority DESC, accepted) ' +
  'WHERE state < 2 AND gate IS NOT NULL;'

export const LAPSED_CLAIMS =
  'CREATE INDEX IF NOT EXISTS tasks_lapsed ON tasks (at) WHERE state < 2 AND owner IS NOT NULL;'

/**
 * The tables of the work queue. A task is ready (0), ready but held back by its gate (1), scheduled (2) or claimed (3);
 * `at` is since when it is one of the first two, or until when it is one of the others. `owner` stays when a lease has
 * passed, until somebody else claims the task.
 *
 * `queues`, `keys`, `lanes` and `gates` count their tasks in each state, so that nobody has to. A lane is a tenant's
 * interactive or bulk tasks of one key; it knows the first of those that are ready, and all lanes of a tenant in a queue
 * have its share so far as their `pass`. The passes of a queue are those from which it claimed last.
 */
export const QUEUE_TABLES = `
CREATE TABLE tasks (
  accepted INTEGER PRIMARY KEY,
  task TEXT NOT NULL UNIQUE,
  queue TEXT NOT NULL,
  key TEXT NOT NULL,
  tenant TEXT NOT NULL,
  priority INTEGER NOT NULL,
  run_at INTEGER NOT NULL,
  state INTEGER NOT NULL,
  at INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  owner TEXT,
  gate INTEGER,
  lane INTEGER NOT NULL
);
CREATE INDEX tasks_next ON tasks (lane, priority DESC, accepted) WHERE state = 0;
CREATE INDEX tasks_aged ON tasks (queue, state, at) WHERE state < 2;
CREATE INDEX tasks_aged_of_key ON tasks (queue, key, at) WHERE state = 0;
CREATE INDEX tasks_aged_in_lane ON tasks (lane, state, at) WHERE state < 2;
CREATE INDEX tasks_due ON tasks (queue, at) WHERE state > 1;
CREATE INDEX tasks_gated ON tasks (gate, state, priority DESC, accepted) WHERE state < 2 AND gate IS NOT NULL;
${GATED_IN_QUEUE}
CREATE INDEX tasks_gated_leases ON tasks (at) WHERE state = 3 AND gate IS NOT NULL;
${LAPSED_CLAIMS}
CREATE INDEX tasks_owned ON tasks (owner) WHERE owner IS NOT NULL;

CREATE TABLE queues (
  queue TEXT PRIMARY KEY,
  paused INTEGER NOT NULL DEFAULT 0,
  concurrency INTEGER,
  claims INTEGER NOT NULL DEFAULT 0,
  interactive_pass REAL NOT NULL DEFAULT 0,
  bulk_pass REAL NOT NULL DEFAULT 0,
  ready INTEGER NOT NULL DEFAULT 0,
  interactive_ready INTEGER NOT NULL DEFAULT 0,
  parked INTEGER NOT NULL DEFAULT 0,
  scheduled INTEGER NOT NULL DEFAULT 0,
  claimed INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE weights (
  queue TEXT NOT NULL,
  tenant TEXT NOT NULL,
  weight REAL NOT NULL CHECK (weight > 0),
  PRIMARY KEY (queue, tenant)
) WITHOUT ROWID;

CREATE TABLE keys (
  queue TEXT NOT NULL,
  key TEXT NOT NULL,
  ready INTEGER NOT NULL,
  parked INTEGER NOT NULL,
  scheduled INTEGER NOT NULL,
  claimed INTEGER NOT NULL,
  PRIMARY KEY (queue, key)
) WITHOUT ROWID;

CREATE TABLE lanes (
  lane INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  queue TEXT NOT NULL,
  interactive INTEGER NOT NULL,
  key TEXT NOT NULL,
  ready INTEGER NOT NULL DEFAULT 0,
  parked INTEGER NOT NULL DEFAULT 0,
  scheduled INTEGER NOT NULL DEFAULT 0,
  claimed INTEGER NOT NULL DEFAULT 0,
  pass REAL NOT NULL DEFAULT 0,
  head_priority INTEGER,
  head INTEGER,
  UNIQUE (tenant, queue, interactive, key)
);
CREATE INDEX lanes_next ON lanes (queue, interactive, pass, head_priority DESC, head) WHERE head IS NOT NULL;
CREATE INDEX lanes_next_of_key ON lanes (queue, key, interactive, pass, head_priority DESC, head) WHERE head IS NOT NULL;

CREATE TABLE gates (
  gate INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  max_claimed INTEGER NOT NULL,
  rate_count INTEGER,
  rate_per_ms INTEGER,
  ready INTEGER NOT NULL DEFAULT 0,
  parked INTEGER NOT NULL DEFAULT 0,
  scheduled INTEGER NOT NULL DEFAULT 0,
  claimed INTEGER NOT NULL DEFAULT 0,
  starts INTEGER NOT NULL DEFAULT 0,
  wake_at INTEGER,
  UNIQUE (tenant, key)
);
CREATE INDEX gates_wake ON gates (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE gate_starts (
  gate INTEGER NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (gate, number)
) WITHOUT ROWID;
`
