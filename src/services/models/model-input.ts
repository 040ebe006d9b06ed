import { GRAPH_FILES } from '../../domain/model-layout.js'
import { invalidInput } from '../../kernel/errors.js'

/** Which model version to register. Exactly one source is given. */
export interface RegisterModelVersion {
  readonly name: string
  readonly version: string
  /** Of the model; null leaves what is there. */
  readonly description: string | null
  readonly license: string | null
  readonly source: LocalModel | HubModel
}

/** A folder with a model in it, or the file of a graph. */
export interface LocalModel {
  readonly kind: 'FOLDER' | 'FILE'
  /** Absolute, or below one of the allowed folders. */
  readonly path: string
}

export interface HubModel {
  readonly kind: 'HUB'
  readonly repository: string
  /** A branch, tag or commit. */
  readonly revision: string
  /** Precision of its weights; null takes the preferred one that there is. */
  readonly dtype: string | null
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const REPOSITORY = /^[A-Za-z0-9][\w.-]{0,95}(\/[A-Za-z0-9][\w.-]{0,95})?$/
const REVISION = /^[A-Za-z0-9][\w./-]{0,199}$/
const MAX_DESCRIPTION = 2_000
const MAX_LICENSE = 200

/** @throws GraphloomError `INVALID_INPUT` with the path of what is wrong. */
export function checkRegistration({ name, version, description, license, source }: RegisterModelVersion): void {
  if (!NAME.test(name))
    throw invalidInput(
      'input.name',
      'must be 1 to 128 letters, digits, ".", "_" and "-", beginning with a letter or digit.',
    )
  if (!VERSION.test(version))
    throw invalidInput(
      'input.version',
      'must be 1 to 64 letters, digits, ".", "_" and "-", beginning with a letter or digit.',
    )
  if (description !== null && description.length > MAX_DESCRIPTION)
    throw invalidInput('input.description', `must have at most ${MAX_DESCRIPTION} characters.`)
  if (license !== null && (license === '' || license.length > MAX_LICENSE))
    throw invalidInput('input.license', `must have 1 to ${MAX_LICENSE} characters.`)
  if (source.kind === 'HUB') checkHubModel(source)
}

function checkHubModel({ repository, revision, dtype }: HubModel): void {
  if (!REPOSITORY.test(repository) || repository.includes('..'))
    throw invalidInput('input.source.hub.repository', 'must be the id of a model at the hub, e.g. "owner/name".')
  if (!REVISION.test(revision) || revision.includes('..'))
    throw invalidInput('input.source.hub.revision', 'must be a branch, tag or commit.')
  const dtypes = GRAPH_FILES.map((graph) => graph.dtype)
  if (dtype !== null && !dtypes.some((known) => known === dtype))
    throw invalidInput('input.source.hub.dtype', `must be one of ${dtypes.join(', ')}.`)
}
