import { routes } from '#/api/routes.ts'
import { EPHEMERAL_ACTIONS } from '#/platform/pipeline/ephemeral-table.ts'
import { PERMISSION_WORDS } from '#/platform/team/team-schema.ts'
import {
  ACTIONS,
  NEEDED,
  TEAM_ACTIONS,
  TEAM_ROLES,
  type TeamAction,
} from '#/platform/team/permission-table.ts'
import { PERMISSIONS, ROLE_PERMISSIONS, ROLES } from '#/platform/team/team.ts'

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const code = (text: string): string => `\`${text}\``
const codes = (texts: readonly string[]): string => texts.map(code).join(' or ')
const keysOf = <Table extends object>(of: Table): (keyof Table & string)[] =>
  Object.keys(of) as (keyof Table & string)[]

const permissionRows = PERMISSIONS.map((name) => [code(name), PERMISSION_WORDS[name]])
const actionRows = keysOf(ACTIONS).map((name) => [ACTIONS[name], codes(NEEDED[name])])
const ephemeralRows = keysOf(EPHEMERAL_ACTIONS).map((name) => [
  `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
  codes(EPHEMERAL_ACTIONS[name]),
])
const roleRows = ROLES.map((role) => [
  code(role),
  ROLE_PERMISSIONS[role].map(code).join(', ') || 'nothing',
  role === 'owner' || role === 'admin' ? 'the same' : 'nothing',
  keysOf(TEAM_ROLES)
    .filter((action: TeamAction) => (TEAM_ROLES[action] as readonly string[]).includes(role))
    .map((action) => TEAM_ACTIONS[action])
    .join('; '),
])

const needOf = (name: string): string => {
  if (name.startsWith('anyone')) return name
  const [noun = '', needed = ''] = name.split(':')
  return needed === '' ? 'any account' : `${noun}: ${codes(needed.split('|'))}`
}
const routeRows = routes.map(({ method, path, access }) => [
  code(`${method} ${path}`),
  needOf(access.name),
])

/** docs/permissions.md, made of what the platform itself goes by. */
export const permissionDoc = (): string => `# Who may do what

Made by \`npm run docs:permissions\` from src/platform/team/permission-table.ts and the routes; a test calls every
route as everybody and compares.

## The model

Every app and pipeline belongs to a team, or to one person. What somebody may do on an app is the sum of two things:
what their **role** in its team gives, and what they were **granted** on that app. Each request asks the database, and
what is open (logs, output, attached dynos) ends within a second of its reader losing the permission or the token.
What one may not see is not found (404); what one may see but not do is forbidden (403).

${table(['Permission', 'What it allows'], permissionRows)}

### On an app

Any one of the permissions will do.

${table(['To', 'takes'], actionRows)}

To add others to an app, or take others out, takes \`manage\`; nobody grants what they do not hold themselves.
\`view\` is part of every grant. A grant is to an e-mail address: if there is no account of it yet, the grant waits for
one, and nobody is told which of the two it is.

### By role

${table(['Role', 'on the team’s apps', 'on locked ones', 'in the team'], roleRows)}

Every team has an owner: the last one can neither leave nor be demoted. Whoever has a grant on one of a team's apps
counts as its \`collaborator\`. Whoever leaves a team, or is removed, loses their grants on its apps too.

A **locked** app (\`apps:lock\`) gives members and viewers nothing by role; those who had joined it (\`apps:join\`) or
were added keep what they were granted.

Admins say with \`teams:preferences\` what members have on unlocked apps and on pipelines, which may be less than the
table says and never is \`manage\`. Whoever makes an app works on it in any case: what their role does not give is
granted to them there.

A **personal** app is its owner's alone to rename, transfer and destroy. Collaborators there have ${ROLE_PERMISSIONS.member
  .map(code)
  .join(', ')}.

### Transfers

| From | to | how |
| --- | --- | --- |
| a person | another person | the other accepts (\`POST /account/app-transfers\`, \`PATCH\`), or declines |
| a person | a team | at once, if the owner may create apps there |
| a team | one of its members | at once, with \`manage\` on the app |
| a team | another team | at once, with \`manage\` on the app and the right to create apps there |

Code, config, add-ons, domains and pipeline come along, the app's name goes over to the new owner, the lock is
opened, and collaborators stay (on a personal app without \`manage\`). What was true when an app was offered is looked
at again when it is accepted.

### Review and test apps of a pipeline

Any one of the permissions that one holds on these apps will do. A team's pipeline gives its members \`view\`,
\`deploy\` and \`operate\` on each new one, until its owner or an admin of the team changes that
(\`pipelines:access\`). Whether new pipelines begin so, and one set for all of them, is the team's to say
(\`teams:preferences\`). Changes are about the apps that come later.

${table(['To', 'takes'], ephemeralRows)}

Into the production stage of a team's pipeline only admins promote, until its owner or an admin opens that to all who
have \`deploy\` on source and target (\`pipelines:access:production\`).

### Invitations

People join a team by accepting an invitation (\`members:add\`). It is bound to an address, good for two weeks and for
once, and sent there by mail. Where the platform sends no mail, the answer to whoever invites has the link, that once.
Its page lets somebody without an account make one: by a link that came by mail, or that the operator was given.

## Every route

\`own\`: only what belongs to the caller.

${table(['Route', 'takes'], routeRows)}
`
