import { POST, type SmugglingCase } from './smuggling-case.ts'

const NEXT = 'GET /next HTTP/1.1\r\nHost: a.test\r\n\r\n'

const chunked = (body: string): string => `${POST}Transfer-Encoding: chunked\r\n\r\n${body}${NEXT}`

/** The head of these is good and has gone on when the body turns out to be bad: the app must never see a request's end. */
export const CHUNKS: SmugglingCase[] = [
  { name: 'a chunk size with 0x', says: chunked('0x5\r\nhello\r\n0\r\n\r\n'), refusedWith: 400 },
  { name: 'a chunk size with a sign', says: chunked('+5\r\nhello\r\n0\r\n\r\n'), refusedWith: 400 },
  { name: 'a negative chunk size', says: chunked('-5\r\nhello\r\n0\r\n\r\n'), refusedWith: 400 },
  {
    name: 'a space before a chunk size',
    says: chunked(' 5\r\nhello\r\n0\r\n\r\n'),
    refusedWith: 400,
  },
  {
    name: 'a space behind a chunk size',
    says: chunked('5 \r\nhello\r\n0\r\n\r\n'),
    refusedWith: 400,
  },
  { name: 'no chunk size', says: chunked('\r\nhello\r\n0\r\n\r\n'), refusedWith: 400 },
  {
    name: 'a chunk size that overflows',
    says: chunked('10000000000000005\r\nhello\r\n0\r\n\r\n'),
    refusedWith: 400,
  },
  {
    name: 'a chunk size that is no number',
    says: chunked('5g\r\nhello\r\n0\r\n\r\n'),
    refusedWith: 400,
  },
  {
    name: 'a bare LF behind a chunk size',
    says: chunked('5\nhello\r\n0\r\n\r\n'),
    refusedWith: 400,
  },
  {
    name: 'a bare CR behind a chunk size',
    says: chunked('5\rhello\r\n0\r\n\r\n'),
    refusedWith: 400,
  },
  { name: 'a bare LF behind a chunk', says: chunked('5\r\nhello\n0\r\n\r\n'), refusedWith: 400 },
  {
    name: 'a chunk longer than its size',
    says: chunked('5\r\nhello!\r\n0\r\n\r\n'),
    refusedWith: 400,
  },
  {
    name: 'a chunk with nothing behind it',
    says: chunked('5\r\nhello0\r\n\r\n'),
    refusedWith: 400,
  },
  {
    name: 'a bare CR in an extension',
    says: chunked('5;a\rb\r\nhello\r\n0\r\n\r\n'),
    refusedWith: 400,
  },
  {
    name: 'a bare LF in an extension',
    says: chunked('5;a\n5\r\nhello\r\n0\r\n\r\n'),
    refusedWith: 400,
  },
  { name: 'NUL in an extension', says: chunked('5;\0\r\nhello\r\n0\r\n\r\n'), refusedWith: 400 },
  {
    name: 'an endless extension',
    says: chunked(`5;${'a'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`),
    refusedWith: 400,
  },
  { name: 'a bare LF at the end', says: chunked('5\r\nhello\r\n0\r\n\n'), refusedWith: 400 },
  {
    name: 'a bare LF behind the last size',
    says: chunked('5\r\nhello\r\n0\n\r\n'),
    refusedWith: 400,
  },
  {
    name: 'a malformed trailer',
    says: chunked('5\r\nhello\r\n0\r\nX : a\r\n\r\n'),
    refusedWith: 400,
  },
  {
    name: 'a folded trailer',
    says: chunked('5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n'),
    refusedWith: 400,
  },
  {
    name: 'a trailer with NUL',
    says: chunked('5\r\nhello\r\n0\r\nX: \0\r\n\r\n'),
    refusedWith: 400,
  },
  {
    name: 'a trailer that says where to',
    says: chunked('5\r\nhello\r\n0\r\nHost: b.test\r\n\r\n'),
    refusedWith: 400,
  },
  {
    name: 'a trailer that says how long',
    says: chunked('5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n'),
    refusedWith: 400,
  },
  {
    name: 'endless trailers',
    says: chunked(`0\r\n${`X: ${'a'.repeat(1_000)}\r\n`.repeat(20)}\r\n`),
    refusedWith: 400,
  },
  {
    name: 'sizes in capitals, with zeros before and an extension',
    says: chunked('05;a=b\r\nhello\r\n00A\r\n, world...\r\n000\r\nX: a\r\n\r\n'),
    reads: ['POST / a.test hello, world...', 'GET /next a.test '],
  },
]
