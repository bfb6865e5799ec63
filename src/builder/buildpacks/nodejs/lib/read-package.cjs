// read-package.cjs FILE: what the buildpack needs to know of a package.json, as lines NAME=VALUE.
const { readFileSync } = require('node:fs')

const SCRIPTS = ['heroku-prebuild', 'heroku-postbuild', 'heroku-cleanup', 'build']

const contents = JSON.parse(readFileSync(process.argv[2], 'utf8').replace(/^\uFEFF/, '')) ?? {}
const textOf = (value) => (typeof value === 'string' ? value.replace(/\p{C}/gu, ' ') : '')

const facts = {
  node: textOf(contents.engines?.node),
  npm: textOf(contents.engines?.npm),
  devDependencies: Object.keys(contents.devDependencies ?? {}).length,
  scripts: SCRIPTS.filter((name) => textOf(contents.scripts?.[name]) !== '').join(' '),
}
for (const [name, value] of Object.entries(facts)) process.stdout.write(`${name}=${value}\n`)
