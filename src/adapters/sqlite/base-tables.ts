import { QUEUE_TABLES } from './queue-tables.js'

/**
 * The tables that every database has. A stream's row is its head: `long` is the number of kept events in steps, so that
 * open streams with many are found by an index that an append rarely touches.
 */
export const BASE_TABLES = `
CREATE TABLE collections (name TEXT PRIMARY KEY, version INTEGER NOT NULL, fields TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE streams (
  stream TEXT PRIMARY KEY,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  ended_at INTEGER,
  long INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX streams_ended ON streams (ended_at) WHERE ended_at IS NOT NULL AND first <= last;
CREATE INDEX streams_long ON streams (long) WHERE long > 0 AND ended_at IS NULL;

CREATE TABLE events (
  stream TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL,
  revision INTEGER,
  PRIMARY KEY (stream, sequence)
) WITHOUT ROWID;

${QUEUE_TABLES}
CREATE TABLE deliveries (
  document TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  deleted INTEGER
) WITHOUT ROWID;
CREATE INDEX deliveries_deleted ON deliveries (deleted) WHERE deleted IS NOT NULL;
`

/** Kept events of a stream per step of its `long`. */
export const LONG_STREAM_STEP = 64
