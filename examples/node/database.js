const { Pool } = require('pg')

/** The database of DATABASE_URL, or undefined where there is none. */
exports.database = process.env.DATABASE_URL ? new Pool({ connectionString: process.env.DATABASE_URL, max: 5 }) : undefined
