import { POST, type SmugglingCase } from './smuggling-case.ts'

const NEXT = 'GET /next HTTP/1.1\r\nHost: a.test\r\n\r\n'
const BODY_AND_NEXT = `\r\n5\r\nhello\r\n0\r\n\r\n${NEXT}`

const length = (value: string): string => `${POST}Content-Length: ${value}\r\n\r\nhello`

export const BODY_LENGTHS: SmugglingCase[] = [
  { name: 'Content-Length with a sign', says: length('+5'), refusedWith: 400 },
  { name: 'a negative Content-Length', says: length('-5'), refusedWith: 400 },
  { name: 'Content-Length in hexadecimal', says: length('0x5'), refusedWith: 400 },
  { name: 'Content-Length with a point', says: length('5.0'), refusedWith: 400 },
  { name: 'Content-Length with an exponent', says: length('5e0'), refusedWith: 400 },
  { name: 'Content-Length with a space inside', says: length('5 5'), refusedWith: 400 },
  { name: 'Content-Length as a list', says: length('5, 5'), refusedWith: 400 },
  { name: 'an empty Content-Length', says: length(''), refusedWith: 400 },
  {
    name: 'a Content-Length that no number holds',
    says: length('99999999999999999999'),
    refusedWith: 400,
  },
  { name: 'Content-Length in quotes', says: length('"5"'), refusedWith: 400 },
  {
    name: 'two Content-Lengths',
    says: `${POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`,
    refusedWith: 400,
  },
  {
    name: 'the same Content-Length twice',
    says: `${POST}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
    refusedWith: 400,
  },
  {
    name: 'a space before the colon of Content-Length',
    says: `${POST}Content-Length : 5\r\n\r\nhello`,
    refusedWith: 400,
  },
  {
    name: 'Content-Length, then Transfer-Encoding',
    says: `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n${BODY_AND_NEXT}`,
    refusedWith: 400,
  },
  {
    name: 'Transfer-Encoding, then Content-Length',
    says: `${POST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n${BODY_AND_NEXT}`,
    refusedWith: 400,
  },
  {
    name: 'Transfer-Encoding with a Content-Length of nothing',
    says: `${POST}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n${BODY_AND_NEXT}`,
    refusedWith: 400,
  },
  {
    name: 'Transfer-Encoding in HTTP/1.0',
    says: `POST / HTTP/1.0\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n${BODY_AND_NEXT}`,
    refusedWith: 400,
  },
  ...[
    'xchunked',
    'chunked, identity',
    'identity',
    'identity, chunked',
    'gzip, chunked',
    'chunked, chunked',
    'chunked;q=1',
    '"chunked"',
    'chunked\x0b',
    '',
  ].map((value) => ({
    name: `Transfer-Encoding: ${JSON.stringify(value)}`,
    says: `${POST}Transfer-Encoding: ${value}\r\n${BODY_AND_NEXT}`,
    refusedWith: 400,
  })),
  {
    name: 'two Transfer-Encodings',
    says: `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n${BODY_AND_NEXT}`,
    refusedWith: 400,
  },
  {
    name: 'a folded Transfer-Encoding',
    says: `${POST}Transfer-Encoding:\r\n chunked\r\n${BODY_AND_NEXT}`,
    refusedWith: 400,
  },
  {
    name: 'a space before the colon of Transfer-Encoding',
    says: `${POST}Transfer-Encoding : chunked\r\n${BODY_AND_NEXT}`,
    refusedWith: 400,
  },
  {
    name: 'Transfer-Encoding behind a bare LF',
    says: `${POST}X: a\nTransfer-Encoding: chunked\r\n${BODY_AND_NEXT}`,
    refusedWith: 400,
  },
  {
    name: 'underscores for hyphens do not count, and do not go on',
    says: `${POST}Content_Length: 100\r\nTransfer_Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello${NEXT}`,
    reads: ['POST / a.test hello', 'GET /next a.test '],
  },
  {
    name: 'a body that looks like a request',
    says: `${POST}Content-Length: ${NEXT.length}\r\n\r\n${NEXT}`,
    reads: [`POST / a.test ${NEXT}`],
  },
  {
    name: 'a body of GET',
    says: `GET / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello${NEXT}`,
    reads: ['GET / a.test hello', 'GET /next a.test '],
  },
  {
    name: 'an upgrade with a body stays HTTP',
    says: `${POST}Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n\r\nhello${NEXT}`,
    reads: ['POST / a.test hello', 'GET /next a.test '],
  },
]
