const { database } = require('./database')

const migrate = async () => {
  if (!database) return console.log('No DATABASE_URL: nothing to migrate.')
  console.log('Migrating the guestbook...')
  await database.query(`
    create table if not exists entries (
      id bigint generated always as identity primary key,
      text text not null check (length(text) between 1 and 200),
      written_at timestamptz not null default now()
    )`)
  console.log('Migrated.')
  await database.end()
}

migrate().catch((error) => {
  console.error(error)
  process.exit(1)
})
