export const WEB_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export type WebMethod = (typeof WEB_METHODS)[number]

/** One call of an address on the web. */
export interface WebRequest {
  readonly method: WebMethod
  /** An absolute http or https URL of at most 8,192 characters, without user name and password. */
  readonly url: string
  /**
   * At most 64 fields and 16,384 bytes, names in any case and each once. Fields of the connection and of the body's form
   * on the wire (`host`, `content-length`, `transfer-encoding`, `accept-encoding` and their like) are the client's own
   * and refused here.
   */
  readonly headers?: Readonly<Record<string, string>>
  /** Of POST, PUT, PATCH and DELETE only; no body when left out. Not changed by the client, nor kept after the call. */
  readonly body?: Uint8Array
  /** For the whole call, milliseconds: waiting for a connection, redirects and the last byte of the body included. */
  readonly timeoutMs: number
  /** Ends the call at once when it aborts; the call then rejects with its reason. */
  readonly signal: AbortSignal
  /** The largest body that is taken, bytes, at most and by default what the server is configured for. */
  readonly maxResponseBytes?: number
  /** 0 to 5, by default 5. With 0 a redirect is a response like all others. */
  readonly maxRedirects?: number
  /**
   * Hosts that may be called, redirects included, instead of any: names, and with a dot before them all names below.
   * What the addresses of a host must be stays as it is.
   */
  readonly onlyHosts?: readonly string[]
  /**
   * Takes the body piece by piece, which is then not kept: `body` is empty. Called once, with the last answer of all
   * redirects; what it throws ends the call. `maxResponseBytes` may then be more than what the server is configured for.
   */
  readonly receive?: (answer: WebAnswer, body: AsyncIterable<Uint8Array>) => Promise<void>
  /** Ends the call when the headers are there; the body is then empty. */
  readonly discardBody?: boolean
  /** Where the request stands in an input, for the paths of errors: with `input` a bad URL is told at `input.url`. */
  readonly inputPath?: string
}

/** What comes before a body. */
export interface WebAnswer {
  readonly status: number
  /** By names in lower case; what came several times is joined with commas. `set-cookie` is left out. */
  readonly headers: Readonly<Record<string, string>>
  /** Where the answer came from: the last redirect's target. */
  readonly url: string
}

/** What an address answered; any status is an answer. */
export interface WebResponse extends WebAnswer {
  /** The bytes as they were sent; the caller's to keep and change. */
  readonly body: Uint8Array
  readonly redirects: number
}

/**
 * Calls addresses that users name, so it trusts neither them nor what they lead to. Connections go to public addresses
 * only, and to what the configuration allows beside them: each address is checked where the connection is opened, so that
 * a name cannot mean another one meanwhile. Proxies of the environment are not used, no cookies are kept, and nothing is
 * compressed: identity is asked for, and another encoding refused.
 *
 * Redirects: 303, and 301 and 302 of a POST, go on as GET without the body (303 of HEAD as HEAD); others keep method and
 * body. Each target is checked as the first address was. From https nothing leads to http. To another origin only the
 * headers `accept`, `accept-language`, `content-type` and `user-agent` are carried.
 *
 * A call is made once: trying again is the caller's choice. Disposing interrupts all calls with `UNAVAILABLE` and resolves
 * when their connections are given up.
 */
export interface WebClient extends AsyncDisposable {
  /**
   * What can be said of a request before it is made.
   * @throws GraphloomError `INVALID_INPUT` with a path for a URL, header or body that is not allowed.
   */
  check(request: Omit<WebRequest, 'timeoutMs' | 'signal'>): void
  /**
   * Resolves with what the address answered. Rejects with the signal's reason when it aborts, otherwise with an error
   * that says nothing of what a refused address would have answered:
   * `INVALID_INPUT` with a path for a URL, header or body that is not allowed;
   * `FORBIDDEN` for an address that may not be called, also one that a redirect leads to;
   * `DEADLINE_EXCEEDED` when the time is over;
   * `PAYLOAD_TOO_LARGE` for headers of more than 16 KiB or a body of more than the limit, as soon as it is passed;
   * `UNEXPECTED_RESPONSE` for too many redirects, one that leads nowhere, or an encoding that was not asked for;
   * `OVERLOADED` when too many calls wait for a connection;
   * `UNAVAILABLE` for a name that is not found, a connection that fails or ends early, a certificate that does not fit,
   * an answer that is no HTTP, and after disposal.
   */
  send(request: WebRequest): Promise<WebResponse>
}
