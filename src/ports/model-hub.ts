import type { HubFile } from '../domain/model.js'

/** A repository as it is at one commit. */
export interface HubRevision {
  readonly repository: string
  /** What the revision meant when it was asked: 40 hexadecimal digits. */
  readonly commit: string
  /** As the repository tells it; null when it does not. */
  readonly license: string | null
  readonly files: readonly HubFile[]
}

export interface HubDownload {
  readonly repository: string
  readonly commit: string
  readonly file: HubFile
  /** Where the file is to be; its folder is made where it is missing. */
  readonly target: string
  /** Told with the bytes of the file that are on disk, also at the beginning. */
  readonly onBytes: (doneBytes: number) => void
  readonly signal: AbortSignal
}

/**
 * A place where models are published. Errors: `UNAVAILABLE` when it is switched off, cannot be reached or does not
 * answer in time; `NOT_FOUND` for what it does not have, or does not show without a token; `INVALID_INPUT` for what it
 * refuses to give.
 */
export interface ModelHub {
  /** What a revision (a branch, tag or commit) has. Answers or fails within seconds. */
  list(repository: string, revision: string, signal: AbortSignal): Promise<HubRevision>
  /**
   * Brings a file to its target, unless it is there. What an earlier call left behind, cut off or killed, is gone on
   * from. The target is there only when it has the size and checksum that were listed; `UNAVAILABLE` when the hub fails
   * again and again without a byte between, `INVALID_INPUT` when it gives another content.
   */
  download(request: HubDownload): Promise<void>
}
