/**
 * Every error that can leave the server: its code, the HTTP status it answers with when it is a request's only
 * outcome, whether the same request may succeed later unchanged, and what it means. The schema's `ErrorCode` and
 * `schema/errors.md` are made from this table.
 */
export interface ErrorDefinition {
  readonly httpStatus: number
  readonly retryable: boolean
  readonly summary: string
}

const define = (httpStatus: number, retryable: boolean, summary: string): ErrorDefinition => ({
  httpStatus,
  retryable,
  summary,
})

export const ERROR_CATALOGUE = {
  BAD_REQUEST: define(400, false, 'The request is not a well-formed GraphQL request.'),
  GRAPHQL_PARSE_FAILED: define(400, false, 'The document is not valid GraphQL syntax.'),
  GRAPHQL_VALIDATION_FAILED: define(400, false, 'The document does not fit the schema.'),
  BAD_USER_INPUT: define(400, false, 'A variable or argument has a value that its type does not allow.'),
  OPERATION_RESOLUTION_FAILURE: define(400, false, 'The document does not contain the named operation.'),
  INVALID_INPUT: define(400, false, 'An input breaks a rule that the message names, with the path to it.'),
  LIMIT_EXCEEDED: define(400, false, 'The operation is larger than a configured limit allows; the message names it.'),
  UNAUTHENTICATED: define(401, false, 'No credentials were given, or they are not valid.'),
  FORBIDDEN: define(403, false, 'The caller is known but may not do this.'),
  NOT_FOUND: define(404, false, 'There is nothing with this id or name that the caller can see.'),
  METHOD_NOT_ALLOWED: define(405, false, 'This operation cannot be sent with this HTTP method.'),
  TIMEOUT: define(408, true, 'The request did not arrive in time.'),
  CONFLICT: define(409, false, 'The object is in a state, or was changed meanwhile, so that this cannot be done.'),
  IDEMPOTENCY_CONFLICT: define(409, false, 'The idempotency key was used before with another input.'),
  PAYLOAD_TOO_LARGE: define(413, false, 'The body or message has more bytes than allowed.'),
  UNSUPPORTED_MEDIA_TYPE: define(415, false, 'The content type of the request is not supported.'),
  DOCUMENT_UNREADABLE: define(
    422,
    false,
    'A document cannot be read; the message and `document` in the details say why.',
  ),
  RATE_LIMITED: define(429, true, 'Too many requests; try again after the time given.'),
  OVERLOADED: define(503, true, 'A queue is full; try again after the time given.'),
  DEADLINE_EXCEEDED: define(504, true, 'The deadline, or the time that is allowed, passed before the work was done.'),
  PARENT_FAILED: define(424, false, 'A task that this one waits for did not succeed.'),
  CANCELLED: define(499, false, 'The work was cancelled before it was done.'),
  MODEL_LOAD_FAILED: define(503, true, 'The model version could not be loaded; the message says why.'),
  RUNNER_CRASHED: define(503, true, 'The process that ran the model ended while it worked on this.'),
  WORKER_LOST: define(500, false, 'Workers ended again and again while they had the task; it is not given to another.'),
  OUT_OF_MEMORY: define(503, true, 'The model version needs more memory than is available.'),
  UNEXPECTED_RESPONSE: define(502, false, 'An address on the web gave an answer that the work cannot use.'),
  UNAVAILABLE: define(503, true, 'The server, or a part that it needs, is not available at the moment.'),
  INTERNAL: define(500, false, 'Something unexpected failed; the errorId leads to it in the log of the server.'),
} as const satisfies Record<string, ErrorDefinition>

export type ErrorCode = keyof typeof ERROR_CATALOGUE
