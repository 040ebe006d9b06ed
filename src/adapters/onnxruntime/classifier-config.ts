import { toSize, type Fields } from './model-json.js'
import { wrongFile } from './weights.js'

/** How logits become scores. */
export type Activation = 'sigmoid' | 'softmax' | 'identity'

const DEFAULT_LABELS = 2
const MAX_LABELS = 100_000

/** Names of PyTorch's modules, which Sentence Transformers writes for cross-encoders. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  'torch.nn.modules.activation.Sigmoid': 'sigmoid',
  'torch.nn.modules.activation.Softmax': 'softmax',
  'torch.nn.modules.linear.Identity': 'identity',
}

/**
 * Labels and activation of a sequence classifier. Without a word of its own: one logit goes through the sigmoid, as
 * Sentence Transformers' CrossEncoder does; several through the softmax, or each through the sigmoid where a text can
 * have several labels.
 * @throws GraphloomError `INVALID_INPUT` when `config.json` is wrong.
 */
export function readClassifier(config: Fields): {
  readonly labels: readonly string[]
  readonly activation: Activation
} {
  const labels = readLabels(config)
  return { labels, activation: readActivation(config) ?? defaultActivation(labels.length, config['problem_type']) }
}

function readLabels(config: Fields): string[] {
  const named = config['id2label']
  const names = typeof named === 'object' && named !== null ? (named as Fields) : {}
  const count = Object.keys(names).length || (toSize(config['num_labels']) ?? DEFAULT_LABELS)
  if (count > MAX_LABELS) throw wrongFile('config.json', `has ${count} labels; at most ${MAX_LABELS} are read`)
  return Array.from({ length: count }, (_, id) => {
    const name = names[String(id)] ?? `LABEL_${id}`
    if (typeof name !== 'string') throw wrongFile('config.json', `has no text for the label ${id} in id2label`)
    return name
  })
}

function readActivation(config: Fields): Activation | null {
  const own = config['sentence_transformers'] as Fields | undefined
  const name = own?.['activation_fn'] ?? config['sbert_ce_default_activation_function']
  if (name === undefined || name === null) return null
  const activation = typeof name === 'string' ? ACTIVATIONS[name] : undefined
  if (!activation)
    throw wrongFile('config.json', `asks for the activation ${JSON.stringify(name)}, which is not computed here`)
  return activation
}

function defaultActivation(labels: number, problem: unknown): Activation {
  if (problem === 'regression') return labels === 1 ? 'sigmoid' : 'identity'
  return labels === 1 || problem === 'multi_label_classification' ? 'sigmoid' : 'softmax'
}
