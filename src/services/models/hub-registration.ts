import { GraphloomError, invalidInput } from '../../kernel/errors.js'
import { createId } from '../../kernel/ids.js'
import type { HubFile, HubSource } from '../../domain/model.js'
import { chooseModelFiles, listDtypes, type ModelFileChoice } from '../../domain/model-layout.js'
import type { ModelFolders } from '../../ports/model-folders.js'
import type { HubRevision, ModelHub } from '../../ports/model-hub.js'
import type { ModelOutline, ModelRuntime } from '../../ports/model-runtime.js'
import { totalOf } from './model-downloads.js'
import type { HubModel } from './model-input.js'

export interface HubRegistrationOptions {
  readonly hub: ModelHub
  readonly runtime: Pick<ModelRuntime, 'outline'>
  readonly folders: ModelFolders
  /** The largest model that is downloaded, bytes. */
  readonly maxBytes: number
}

/** A model of the hub that can be downloaded, with its configuration already here. */
export interface HubCandidate {
  /** Id of the version to be, which names the folder of its files. */
  readonly id: string
  readonly source: HubSource
  readonly dtype: string
  readonly license: string | null
  readonly outline: ModelOutline
}

const WHERE = 'input.source.hub'
/** How long the configuration may take to come. */
const CONFIGURATION_LIMIT_MS = 60_000
/** Left free on the disk. */
const SPARE_BYTES = 256 * 2 ** 20

/**
 * Asks the hub what a repository has, chooses the files of one model, and brings its configuration, which is small and
 * tells what it does. What cannot be had is told now. The caller owns the candidate's folder.
 * @throws GraphloomError `INVALID_INPUT`, `NOT_FOUND`, `UNAVAILABLE`, or the signal's reason.
 */
export async function findHubCandidate(
  options: HubRegistrationOptions,
  model: HubModel,
  signal: AbortSignal,
): Promise<HubCandidate> {
  const { hub, folders } = options
  const listed = await at(WHERE, hub.list(model.repository, model.revision, signal))
  const { dtype, configuration, weights } = chooseFiles(listed, model.dtype)
  const files = [...configuration, ...weights]
  await checkSize(options, model, totalOf(files))
  const id = createId('modelVersion')
  const { repository, commit } = listed
  const late = new AbortController()
  const giveUp = (): void => late.abort(new GraphloomError('UNAVAILABLE', 'The model hub is too slow to answer.'))
  const timer = setTimeout(giveUp, CONFIGURATION_LIMIT_MS)
  const either = AbortSignal.any([signal, late.signal])
  try {
    const folder = folders.ownFolder(id)
    for (const file of configuration) {
      const target = `${folder}/${file.path}`
      await at(WHERE, hub.download({ repository, commit, file, target, onBytes: () => undefined, signal: either }))
    }
    const outline = await at(WHERE, options.runtime.outline({ folder, root: folder, signal: either }))
    const source = { kind: 'HUB', repository, revision: model.revision, commit, files } as const
    return { id, source, dtype, license: listed.license, outline }
  } catch (error) {
    await folders.removeOwn(id)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function chooseFiles({ repository, files }: HubRevision, dtype: string | null): ModelFileChoice<HubFile> {
  const dtypes = listDtypes(files.map(({ path }) => path))
  const [preferred] = dtypes
  if (preferred === undefined)
    throw invalidInput(WHERE, `${repository} has no ONNX graph in the layout of transformers.js (onnx/model.onnx, …).`)
  const choice = chooseModelFiles(files, dtype ?? preferred)
  if (!choice) throw invalidInput(`${WHERE}.dtype`, `${repository} has ${dtypes.join(', ')}, and not ${dtype}.`)
  return choice
}

async function checkSize(
  { folders, maxBytes }: HubRegistrationOptions,
  { repository }: HubModel,
  bytes: number,
): Promise<void> {
  if (bytes > maxBytes)
    throw invalidInput(WHERE, `${repository} has ${bytes} bytes; GRAPHLOOM_HUB_MAX_MODEL_BYTES allows ${maxBytes}.`)
  const free = (await folders.freeBytes()) - SPARE_BYTES
  if (bytes > free)
    throw invalidInput(
      WHERE,
      `${repository} has ${bytes} bytes; the disk of the data directory has ${Math.max(0, free)} to spare.`,
    )
}

/** Says where in the input a model stands that is refused. */
async function at<T>(where: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof GraphloomError) || error.code !== 'INVALID_INPUT') throw error
    throw invalidInput(where, error.message)
  }
}
