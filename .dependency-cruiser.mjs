// Direction of imports: main, cli → app → features/*/routes, business → http → features/*/<noun> → db → config, errors.
const types = { dependencyTypesNot: ['type-only'] }

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: types } },
    {
      name: 'pg-only-in-db',
      comment: 'Whoever holds a pg client is outside every scope.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/db/' },
      to: { path: 'node_modules/pg/' },
    },
    {
      name: 'db-knows-nobody-above',
      severity: 'error',
      from: { path: '^src/db/' },
      to: { path: '^src/', pathNot: '^src/(db/|errors\\.ts|config\\.ts|gate\\.ts)' },
    },
    {
      name: 'errors-and-config-are-the-ground',
      severity: 'error',
      from: { path: '^src/(errors|config)\\.ts' },
      to: { path: '^src/', pathNot: '^src/(errors|config)\\.ts' },
    },
    {
      name: 'nouns-know-no-http',
      comment: 'Rules and SQL are functions of (tx, input); HTTP shapes stay in routes.ts.',
      severity: 'error',
      from: { path: '^src/features/', pathNot: '(routes|schemas|metrics-access)\\.ts$' },
      to: { path: '^src/(http/|app\\.ts|server\\.ts)' },
    },
    {
      name: 'business-knows-shapes-only',
      comment:
        'A definition of a business table states shapes and routes; how they are served is not its affair.',
      severity: 'error',
      from: { path: '^src/business/' },
      to: {
        path: '^src/(http/|app\\.ts|server\\.ts)',
        pathNot: '^src/http/(address|route|schemas|preconditions|export-format|read-ndjson)\\.ts$',
      },
    },
    {
      name: 'features-know-no-business',
      comment: 'app.ts gives them the business tables that they show.',
      severity: 'error',
      from: { path: '^src/features/' },
      to: { path: '^src/business/' },
    },
    {
      name: 'routes-are-for-app',
      comment: "A feature may call another's noun, never its routes.",
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/app\\.ts' },
      to: { path: '/routes\\.ts$' },
    },
    {
      name: 'app-is-for-the-server',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|cli|server|index)\\.ts' },
      to: { path: '^src/(main|cli|app|server)\\.ts', ...types },
    },
    {
      name: 'connections-stay-in-db',
      comment: 'The pool and its connections are out of everybody’s reach.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/db/' },
      to: { path: '^src/db/(connections|transaction|attempts|statements|handles|direct-client)\\.ts' },
    },
    { name: 'src-knows-no-tests', severity: 'error', from: { path: '^src/' }, to: { path: '^test/' } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
