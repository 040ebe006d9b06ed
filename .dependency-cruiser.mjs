/** Import directions: gateway → resolver → service → port ← adapter, domain and kernel underneath everyone. */
const inside = (...folders) => `^(${folders.join('|')})/`

/** Modules of `from` import nothing of the project but `to` (and their own folder). */
const only = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: inside('src', 'resolvers', 'schema', 'test', 'bench'), pathNot: [from, ...to] },
})

const KERNEL = '^src/kernel/'
const DOMAIN = '^src/domain/'
const PORTS = '^src/ports/'
const OBSERVABILITY = '^src/observability/'
const SERVICES = '^src/services/'
const ADAPTERS = '^src/adapters/'
const GATEWAY = '^src/gateway/'
const CONFIG = '^src/config/'

const GRAPHQL_PACKAGES = '^node_modules/(graphql|type-graphql|@apollo|graphql-[^/]+|@graphql-tools)(/|$)'

export default {
  forbidden: [
    only('kernel-is-lowest', KERNEL, [], 'The kernel imports nothing of the project.'),
    only('domain-on-kernel', DOMAIN, [KERNEL], 'Types and pure rules stand on the kernel only.'),
    only('ports-on-domain', PORTS, [KERNEL, DOMAIN], 'Ports are interfaces over domain and kernel.'),
    only(
      'observability-below',
      OBSERVABILITY,
      [KERNEL, DOMAIN, PORTS],
      'Telemetry knows neither services nor adapters.',
    ),
    only('config-stands-alone', CONFIG, [KERNEL, DOMAIN], 'Configuration is parsed without any other part.'),
    only(
      'services-use-ports',
      SERVICES,
      [KERNEL, DOMAIN, PORTS, OBSERVABILITY],
      'Services know ports, never adapters.',
    ),
    only(
      'adapters-fill-ports',
      ADAPTERS,
      [KERNEL, DOMAIN, PORTS, OBSERVABILITY],
      'Adapters know ports, never services.',
    ),
    only(
      'gateway-is-handed-the-schema',
      GATEWAY,
      [KERNEL, DOMAIN, PORTS, OBSERVABILITY, '^src/services/access/'],
      'The gateway gets a finished schema and what it needs from the composition root.',
    ),
    only('resolvers-use-services', inside('resolvers'), [KERNEL, DOMAIN, SERVICES], 'Resolvers call services.'),
    {
      name: 'resolvers-are-wired-once',
      comment: 'The API surface is imported by the server and by the emitter of the schema only.',
      severity: 'error',
      from: { path: inside('src', 'schema', 'bench'), pathNot: ['^src/server\\.ts$', '^schema/emit\\.ts$'] },
      to: { path: inside('resolvers') },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: inside('src', 'resolvers', 'schema') },
      to: { path: inside('test', 'bench') },
    },
    {
      name: 'graphql-stays-at-the-surface',
      comment: 'Services, ports, adapters and what is below work without GraphQL; commands are clients of the API.',
      severity: 'error',
      from: { path: inside('src'), pathNot: [GATEWAY, OBSERVABILITY, '^src/cli/', '^src/server\\.ts$'] },
      to: { path: GRAPHQL_PACKAGES },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      // A package of types only.
      to: { couldNotResolve: true, pathNot: '^@graphql-typed-document-node/core$' },
    },
    {
      name: 'declared-packages',
      comment: 'Only packages that package.json names.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-packages-in-the-product',
      severity: 'error',
      from: { path: inside('src', 'resolvers', 'schema') },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '^node_modules/@types/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
