import { join } from 'node:path'

/** Where a platform keeps what: the one list of paths below a data directory. */
export const dataDirPaths = (dataDir: string) =>
  ({
    root: dataDir,
    /** The settings `sluice up` was last given (JSON). */
    settings: join(dataDir, 'settings.json'),
    /** Mode 0400, hex. Wraps every data key. */
    masterKey: join(dataDir, 'master.key'),
    /** Mode 0600. The operator's API token. */
    operatorToken: join(dataDir, 'operator.token'),
    /** Mode 0600. The one-time link of the first start. */
    setupLink: join(dataDir, 'setup-link'),
    /** ca.pem, ca.key, server.pem, server.key */
    certificates: join(dataDir, 'certificates'),
    /** Unix sockets of the platform. Mode 0700. */
    run: join(dataDir, 'run'),
    feedSocket: join(dataDir, 'run', 'feed.sock'),
    gitSocket: join(dataDir, 'run', 'git.sock'),
    /** What the platform's own processes print, a file each. */
    processLogs: join(dataDir, 'process-logs'),
    postgres: join(dataDir, 'postgres'),
    addOnPostgres: join(dataDir, 'add-on-postgres'),
    git: join(dataDir, 'git'),
    artifacts: join(dataDir, 'artifacts'),
    builds: join(dataDir, 'builds'),
    buildCaches: join(dataDir, 'build-caches'),
    /** Runtimes and third-party buildpacks that builds share, read-only to them. */
    toolchains: join(dataDir, 'toolchains'),
    sources: join(dataDir, 'sources'),
    /** Log segments, a folder per app. */
    logs: join(dataDir, 'logs'),
    /** How far each log drain has come. */
    drains: join(dataDir, 'drains'),
    /** The engine's: last table, a folder per dyno. */
    engine: join(dataDir, 'engine'),
    router: join(dataDir, 'router'),
    keeper: join(dataDir, 'keeper'),
    /** What the keeper must know after its own death (JSON). */
    keeperState: join(dataDir, 'keeper', 'state.json'),
    /** Where the keeper takes requests. */
    keeperSocket: join(dataDir, 'run', 'keeper.sock'),
    /** Folders of the sockets of the two clusters; each belongs to the user that runs it. */
    postgresSocketDir: join(dataDir, 'run', 'postgres'),
    addOnPostgresSocketDir: join(dataDir, 'run', 'add-on-postgres'),
  }) as const

export type DataDirPaths = ReturnType<typeof dataDirPaths>
