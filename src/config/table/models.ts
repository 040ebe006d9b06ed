import { integer, list, text, type Variable } from '../variables.js'
import { DAY_MS, anything } from './common.js'

const modelReference = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}([:@][A-Za-z0-9][A-Za-z0-9._-]{0,63})?$/

export const models: readonly Variable[] = [
  integer('Models', 'GRAPHLOOM_MODEL_THREADS', [1, 256], {
    description: 'Threads of one run of a model; the cores of the machine, at most 4, when unset.',
    example: '4',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_BATCH_TOKENS', [64, 65_536], {
    description: 'Tokens that one run of a model computes at most, padding included.',
    example: '512',
    fallback: '512',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_TIMEOUT_MS', [0, DAY_MS], {
    description: 'How long a prediction may take from the start of its work, milliseconds; 0 is any time.',
    example: '60000',
    fallback: '0',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_QUEUE_LENGTH', [1, 1_000_000], {
    description: 'Predictions of one model version that may wait.',
    example: '1000',
    fallback: '1000',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_CONCURRENT_GENERATIONS', [1, 64], {
    description: 'Texts that one model version generates at once; more wait for a place.',
    example: '8',
    fallback: '8',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_MEMORY_BYTES', [16_777_216, 281_474_976_710_656], {
    description:
      'Memory of all model processes together, bytes; three quarters of what the machine or its container has, when unset.',
    example: '6442450944',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_RUNNING_TEXT_BYTES', [1_048_576, 1_099_511_627_776], {
    description:
      'Memory of one model version for the keys and values of the texts that it generates at once, bytes; a quarter of the memory of all models, at most 1.5 GiB, when unset.',
    example: '1610612736',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_KEPT_TEXT_BYTES', [0, 1_099_511_627_776], {
    description:
      'Memory of one model version for the beginnings of prompts that later prompts may share, and for texts set aside, bytes; a sixteenth of the memory of all models, at most 256 MiB, when unset.',
    example: '268435456',
  }),
  integer('Models', 'GRAPHLOOM_RESPONSE_CACHE_BYTES', [65_536, 1_099_511_627_776], {
    description: 'Memory for answers of the model versions whose setting cacheResponses is on, bytes.',
    example: '67108864',
    fallback: '67108864',
  }),
  integer('Models', 'GRAPHLOOM_RESPONSE_CACHE_ENTRIES', [1, 10_000_000], {
    description: 'The most answers that are kept at once.',
    example: '10000',
    fallback: '10000',
  }),
  integer('Models', 'GRAPHLOOM_MODEL_IDLE_TTL_MS', [0, 24 * DAY_MS], {
    description: 'Time without work after which a model is unloaded, milliseconds; 0 is never.',
    example: '600000',
    fallback: '0',
  }),
  list(
    'Models',
    'GRAPHLOOM_MODEL_FOLDERS',
    { allowed: 'absolute paths of folders', pattern: /^(\/|[A-Za-z]:[\\/])[^\0]*$/, max: 20 },
    {
      description: 'Folders that administrators may register models from; none when unset.',
      example: '/srv/models',
    },
  ),
  text(
    'Models',
    'GRAPHLOOM_HUB_URL',
    { allowed: 'an http or https address, or "off"', pattern: /^(off|https?:\/\/[A-Za-z0-9.[\]:-]+(\/[\w./-]*)?)$/ },
    {
      description:
        'The model hub that administrators may register models from, or one that speaks like it; "off" is none.',
      example: 'https://huggingface.co',
      fallback: 'https://huggingface.co',
    },
  ),
  text('Models', 'GRAPHLOOM_HUB_TOKEN', anything, {
    description: 'Token for the model hub, for models that need one. It is sent to the hub only.',
    example: '',
    secret: true,
  }),
  integer('Models', 'GRAPHLOOM_HUB_MAX_MODEL_BYTES', [1_048_576, 1_099_511_627_776], {
    description: 'The largest model that is downloaded from the hub, bytes.',
    example: '34359738368',
    fallback: '34359738368',
  }),
  list(
    'Models',
    'GRAPHLOOM_PRELOAD_MODELS',
    { allowed: 'models as "name", "name:version" or "name@alias"', pattern: modelReference, max: 100 },
    {
      description: 'Models to load at start; others load when they are first used.',
      example: 'all-MiniLM-L6-v2, SmolLM2-135M-Instruct',
    },
  ),
]
