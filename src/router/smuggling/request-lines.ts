import type { SmugglingCase } from './smuggling-case.ts'

const HOST = 'Host: a.test\r\n\r\n'

export const REQUEST_LINES: SmugglingCase[] = [
  { name: 'no version', says: `GET /\r\n${HOST}`, refusedWith: 400 },
  { name: 'no target', says: `GET HTTP/1.1\r\n${HOST}`, refusedWith: 400 },
  { name: 'two spaces', says: `GET  / HTTP/1.1\r\n${HOST}`, refusedWith: 400 },
  { name: 'a tab for a space', says: `GET\t/ HTTP/1.1\r\n${HOST}`, refusedWith: 400 },
  { name: 'a space in the target', says: `GET /a b HTTP/1.1\r\n${HOST}`, refusedWith: 400 },
  { name: 'a space behind the version', says: `GET / HTTP/1.1 \r\n${HOST}`, refusedWith: 400 },
  { name: 'a space before the method', says: ` GET / HTTP/1.1\r\n${HOST}`, refusedWith: 400 },
  {
    name: 'a second version behind the first',
    says: `GET / HTTP/1.1 HTTP/1.1\r\n${HOST}`,
    refusedWith: 400,
  },
  { name: 'HTTP/0.9', says: `GET / HTTP/0.9\r\n${HOST}`, refusedWith: 505 },
  { name: 'HTTP/2.0', says: `GET / HTTP/2.0\r\n${HOST}`, refusedWith: 505 },
  { name: 'HTTP/1.2', says: `GET / HTTP/1.2\r\n${HOST}`, refusedWith: 505 },
  { name: 'HTTP/1.10', says: `GET / HTTP/1.10\r\n${HOST}`, refusedWith: 400 },
  { name: 'a version in small letters', says: `GET / http/1.1\r\n${HOST}`, refusedWith: 400 },
  { name: 'the preface of HTTP/2', says: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', refusedWith: 505 },
  { name: 'a method in small letters', says: `get / HTTP/1.1\r\n${HOST}`, refusedWith: 400 },
  { name: 'an unknown method', says: `GTE / HTTP/1.1\r\n${HOST}`, refusedWith: 501 },
  {
    name: 'a method with a control character',
    says: `G\x01T / HTTP/1.1\r\n${HOST}`,
    refusedWith: 400,
  },
  { name: 'CONNECT', says: `CONNECT a.test:443 HTTP/1.1\r\n${HOST}`, refusedWith: 501 },
  { name: 'a relative target', says: `GET a HTTP/1.1\r\n${HOST}`, refusedWith: 400 },
  { name: 'an asterisk for GET', says: `GET * HTTP/1.1\r\n${HOST}`, refusedWith: 400 },
  {
    name: 'an asterisk for OPTIONS',
    says: `OPTIONS * HTTP/1.1\r\n${HOST}`,
    reads: ['OPTIONS * a.test '],
  },
  { name: 'a fragment', says: `GET /a#b HTTP/1.1\r\n${HOST}`, refusedWith: 400 },
  { name: 'NUL in the target', says: `GET /\0 HTTP/1.1\r\n${HOST}`, refusedWith: 400 },
  { name: 'DEL in the target', says: `GET /\x7f HTTP/1.1\r\n${HOST}`, refusedWith: 400 },
  { name: 'a bare CR in the target', says: `GET /\rX HTTP/1.1\r\n${HOST}`, refusedWith: 400 },
  { name: 'a bare LF behind the request line', says: `GET / HTTP/1.1\n${HOST}`, refusedWith: 400 },
  { name: 'a bare CR behind the request line', says: `GET / HTTP/1.1\r${HOST}`, refusedWith: 400 },
  {
    name: 'an empty line before the request',
    says: `\r\nGET / HTTP/1.1\r\n${HOST}`,
    reads: ['GET / a.test '],
  },
  { name: 'a bare LF before the request', says: `\nGET / HTTP/1.1\r\n${HOST}`, refusedWith: 400 },
]
