import { GET, type SmugglingCase } from './smuggling-case.ts'

export const HEADER_FIELDS: SmugglingCase[] = [
  { name: 'a folded line', says: `${GET}X: a\r\n b\r\n\r\n`, refusedWith: 400 },
  {
    name: 'a folded line at the top',
    says: 'GET / HTTP/1.1\r\n Host: a.test\r\n\r\n',
    refusedWith: 400,
  },
  { name: 'a space before the colon', says: `${GET}X : a\r\n\r\n`, refusedWith: 400 },
  { name: 'a tab before the colon', says: `${GET}X\t: a\r\n\r\n`, refusedWith: 400 },
  { name: 'no colon', says: `${GET}X\r\n\r\n`, refusedWith: 400 },
  { name: 'no name', says: `${GET}: a\r\n\r\n`, refusedWith: 400 },
  { name: 'a name in quotes', says: `${GET}"X": a\r\n\r\n`, refusedWith: 400 },
  { name: 'a name with bytes above ASCII', says: `${GET}X\xe9: a\r\n\r\n`, refusedWith: 400 },
  { name: 'a name with NUL', says: `${GET}X\0: a\r\n\r\n`, refusedWith: 400 },
  { name: 'a value with NUL', says: `${GET}X: a\0b\r\n\r\n`, refusedWith: 400 },
  { name: 'a value with a bare CR', says: `${GET}X: a\rb\r\n\r\n`, refusedWith: 400 },
  { name: 'a value with a bare LF', says: `${GET}X: a\nY: b\r\n\r\n`, refusedWith: 400 },
  { name: 'a value with DEL', says: `${GET}X: a\x7f\r\n\r\n`, refusedWith: 400 },
  { name: 'a line that ends in LF CR', says: `${GET}X: a\n\r\r\n\r\n`, refusedWith: 400 },
  {
    name: 'a head that ends in bare LFs',
    says: 'GET / HTTP/1.1\nHost: a.test\n\n',
    refusedWith: 400,
  },
  { name: 'a head that ends in LF LF', says: `${GET}\n\n`, refusedWith: 400 },
  { name: 'an empty value', says: `${GET}X:\r\n\r\n`, reads: ['GET / a.test '] },
  { name: 'blanks around a value', says: `${GET}X: \t a \t \r\n\r\n`, reads: ['GET / a.test '] },
  {
    name: 'bytes above ASCII in a value',
    says: `${GET}X: \xc3\xa9\r\n\r\n`,
    reads: ['GET / a.test '],
  },
  {
    name: 'Connection names Content-Length',
    says: `${GET}Content-Length: 0\r\nConnection: content-length\r\n\r\n`,
    refusedWith: 400,
  },
  {
    name: 'Connection names X-Forwarded-For',
    says: `${GET}Connection: close, X-Forwarded-For\r\n\r\n`,
    refusedWith: 400,
  },
  {
    name: 'Expect asks for what nobody knows',
    says: `${GET}Expect: more\r\n\r\n`,
    refusedWith: 417,
  },
]
