import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { permissionDoc } from './permission-doc.ts'

/** Rewrites docs/permissions.md from the routes and the table of permissions. */
await writeFile(fileURLToPath(new URL('../docs/permissions.md', import.meta.url)), permissionDoc())
