import type { PathRule } from '#/platform/slug/path-rule.ts'

/** What changed paths mean in apps of Django, Rails and Node, unless the pipeline or the app.json says otherwise. */
export const DEFAULT_PATH_RULES: readonly PathRule[] = [
  {
    name: 'migrations',
    message: 'migrations change',
    level: 'warning',
    downtime: false,
    paths: [
      ...['**/migrations/*.py', '**/alembic/versions/*.py'], // Django, SQLAlchemy
      ...['db/migrate/**', 'db/schema.rb', 'db/structure.sql'], // Rails
      ...['**/prisma/migrations/**', '**/drizzle/**', '**/migrations/*.js'], // Prisma, Drizzle, Knex, Sequelize
      ...['**/migrations/*.cjs', '**/migrations/*.mjs', '**/migrations/*.ts'], // TypeORM, MikroORM
      ...['**/migrations/*.sql', '**/migration/*.ts'],
    ],
  },
  {
    name: 'static-files',
    message: 'static files change',
    level: 'info',
    downtime: false,
    paths: ['**/static/**', '**/staticfiles/**', 'app/assets/**', 'public/**'],
  },
  {
    name: 'dependencies',
    message: 'dependencies change',
    level: 'info',
    downtime: false,
    paths: [
      ...['requirements.txt', 'Pipfile.lock', 'poetry.lock', 'uv.lock', 'Gemfile.lock'],
      ...['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml'],
    ],
  },
]
