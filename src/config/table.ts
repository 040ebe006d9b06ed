import type { Variable } from './variables.js'
import { access } from './table/access.js'
import { knowledge } from './table/knowledge.js'
import { limits } from './table/limits.js'
import { models } from './table/models.js'
import { retention } from './table/retention.js'
import { server } from './table/server.js'
import { services } from './table/services.js'
import { web } from './table/web.js'
import { work } from './table/work.js'

/** Every variable that the server reads. */
export const VARIABLES: readonly Variable[] = [
  server,
  access,
  limits,
  models,
  work,
  knowledge,
  web,
  retention,
  services,
].flat()
