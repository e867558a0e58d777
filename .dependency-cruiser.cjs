/**
 * The arrows between folders, checked: main → cli → node → actors → core; io → core; ipc and core
 * know neither. What a file may import can be read off its path (docs/architecture.md).
 */

const BUILTIN = { dependencyTypes: ['core'] };
const PACKAGE = {
  dependencyTypes: [
    'npm',
    'npm-dev',
    'npm-optional',
    'npm-peer',
    'npm-bundled',
    'npm-no-pkg',
    'npm-unknown',
  ],
};

/** The two files that every folder builds on. */
const BASE = '^src/core/(assert|result)\\.ts$';

/** Files under `from` may reach nothing of ours but what `allowed` matches. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|test|bench)/', pathNot: allowed },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle means that two files are one: merge them, or move what they share.',
      severity: 'error',
      from: {},
      // Two types may describe each other; code may not load in a circle.
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-packages',
      comment: 'Sources use packages that package.json lists as dependencies, nothing transitive.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    only('core-is-alone', '^src/core/', '^src/core/', 'core decides and knows nobody.'),
    {
      name: 'core-without-node',
      comment: 'core is pure: no clock, no randomness, no I/O. Only core/crypto wraps libraries.',
      severity: 'error',
      from: { path: '^src/core/', pathNot: '^src/core/crypto/' },
      to: BUILTIN,
    },
    {
      name: 'core-without-packages',
      comment: 'core uses no package; core/crypto and core/iosvm/syntax.ts wrap the vetted ones.',
      severity: 'error',
      from: { path: '^src/core/', pathNot: '^src/core/(crypto/|iosvm/syntax\\.ts$)' },
      to: PACKAGE,
    },
    {
      name: 'crypto-libraries-only',
      comment:
        'core/crypto wraps crypto, and loads native libraries; it does nothing else with Node.',
      severity: 'error',
      from: { path: '^src/core/crypto/' },
      to: { ...BUILTIN, pathNot: '^(node:)?(crypto|module)$' },
    },
    only(
      'ipc-is-alone',
      '^src/ipc/',
      `^src/ipc/|${BASE}`,
      'ipc carries bytes and knows no domain, only assertions and results.',
    ),
    only(
      'io-knows-core',
      '^src/io/([^/]+)/',
      // The safe settings of msgpack stand in one place, and so does the token bucket.
      '^src/(io/$1|core)/|^src/ipc/frame\\.ts$|^src/io/rate-limiter\\.ts$',
      'An adapter knows core and itself.',
    ),
    only(
      'runtime-knows-ipc',
      '^src/actors/runtime/',
      `^src/(actors/runtime|ipc)/|${BASE}`,
      'The run loop knows no domain: ipc, assertions and results.',
    ),
    only(
      'actors',
      '^src/actors/(?!runtime/|chain/)([^/]+)/',
      '^src/(actors/$1|actors/runtime|actors/chain|core|ipc|io)/|^src/actors/[^/]+/protocol\\.ts$',
      'An actor knows core, adapters, the run loop, and of other actors only the messages.',
    ),
    only(
      'chain-host',
      '^src/actors/chain/',
      '^src/(actors/chain|actors/runtime|core|ipc|io)/|^src/actors/[^/]+/protocol\\.ts$',
      'What shard and consensus actors share knows neither of them.',
    ),
    only(
      'node-wires',
      '^src/node/',
      '^src/(node|actors|core|ipc|io)/',
      'node wires; it knows no command line.',
    ),
    only(
      'cli',
      '^src/cli/',
      '^src/(cli|node|io|core)/',
      'The command line starts nodes and talks to them.',
    ),
    only(
      'main',
      '^src/main\\.ts$',
      '^src/cli/',
      'The process entry hands over to the command line.',
    ),
    {
      name: 'one-codec-wrapper',
      comment: 'Signature, hash and curve libraries are wrapped once, in core/crypto.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/core/crypto/' },
      to: { path: 'node_modules/(sodium-native|secp256k1|@noble/)' },
    },
    {
      name: 'one-contract-parser',
      comment: 'What fixes the gas of contracts is used in one file, by its exact versions.',
      severity: 'error',
      from: { path: '^(src|test|bench)/', pathNot: '^src/core/iosvm/syntax\\.ts$' },
      to: { path: 'node_modules/(esprima|escodegen)/' },
    },
    {
      name: 'no-orphans',
      comment: 'Nobody imports this file. The prelude is text that the engine reads.',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$|^src/io/iosvm/prelude/' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type imports are arrows too.
    tsPreCompilationDeps: true,
    // TypeScript 7 has no API that the tool could use; it warns about that and reads by swc.
    parser: 'swc',
    enhancedResolveOptions: {
      conditionNames: ['node', 'import', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
