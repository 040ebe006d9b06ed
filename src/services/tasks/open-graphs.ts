import type { DocumentStore } from '../../ports/document-store.js'
import { GraphAcceptance, type GraphAcceptanceOptions } from './graph-acceptance.js'
import { GraphInputs } from './graph-inputs.js'
import { GraphRerun } from './graph-rerun.js'
import { GraphTeller, type GraphTellerOptions } from './graph-teller.js'
import { TaskGraphStore } from './task-graph-store.js'
import { TaskGraphsService, type TaskGraphsServiceOptions } from './task-graphs.service.js'
import type { TaskTypes } from './task-types.js'

export interface OpenGraphsOptions
  extends
    Pick<TaskGraphsServiceOptions, 'access' | 'store'>,
    Omit<GraphAcceptanceOptions, 'graphs'>,
    Pick<GraphTellerOptions, 'onCancelled'> {
  readonly documents: DocumentStore
  readonly types: TaskTypes
}

/** Wires what graphs of tasks need. */
export function openGraphs(options: OpenGraphsOptions) {
  const graphs = new TaskGraphStore(options.documents, options.store)
  const inputs = new GraphInputs({ ...options, graphs })
  const rerun = new GraphRerun({ ...options, graphs })
  return {
    graphs,
    rerun,
    teller: new GraphTeller({ ...options, graphs, inputs }),
    service: new TaskGraphsService({
      ...options,
      graphs,
      acceptance: new GraphAcceptance({ ...options, graphs }),
      rerun,
    }),
  }
}
