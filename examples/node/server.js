const { createServer } = require('node:http')
const { database } = require('./database')

const TITLE = 'Guestbook, version 1'
const STAGE = process.env.GUESTBOOK_STAGE ?? 'development'

const escape = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

const page = (entries) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${TITLE}</title>
<style>body { font: 1.1rem/1.6 system-ui; max-width: 36rem; margin: 3rem auto; padding: 0 1rem }</style>
<h1>${TITLE}</h1>
<p>This is <strong>${escape(STAGE)}</strong>${database ? '' : ', without a database'}.</p>
<form method="post" action="/"><input name="text" maxlength="200" required aria-label="Your entry"> <button>Sign</button></form>
<ul>${entries.map(({ text }) => `<li>${escape(text)}</li>`).join('')}</ul>
</html>
`

const listEntries = async () => {
  if (!database) return []
  const { rows } = await database.query('select text from entries order by id desc limit 50')
  return rows
}

const readForm = async (request) => {
  let body = ''
  for await (const chunk of request) {
    body += chunk
    if (body.length > 10_000) break
  }
  return new URLSearchParams(body)
}

const answer = async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost')
  if (pathname === '/healthz') return response.end('ok\n')
  if (pathname !== '/') return response.writeHead(404).end('Not found\n')
  if (request.method === 'POST') {
    const text = (await readForm(request)).get('text')?.slice(0, 200)
    if (text && database) await database.query('insert into entries (text) values ($1)', [text])
    return response.writeHead(303, { location: '/' }).end()
  }
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(await listEntries()))
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error)
    response.writeHead(500).end('Something went wrong.\n')
  })
})
server.listen(process.env.PORT ?? 3000, () => console.log(`Guestbook (${STAGE}) listens on ${process.env.PORT ?? 3000}`))
process.once('SIGTERM', () => {
  console.log('Finishing what is under way')
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
