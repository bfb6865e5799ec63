import type { SmugglingCase } from './smuggling-case.ts'

const line = (target: string): string => `GET ${target} HTTP/1.1\r\n`

export const HOSTS: SmugglingCase[] = [
  { name: 'no Host', says: `${line('/')}\r\n`, refusedWith: 400 },
  { name: 'no Host in HTTP/1.0', says: 'GET / HTTP/1.0\r\n\r\n', refusedWith: 400 },
  { name: 'two Hosts', says: `${line('/')}Host: a.test\r\nHost: b.test\r\n\r\n`, refusedWith: 400 },
  {
    name: 'the same Host twice',
    says: `${line('/')}Host: a.test\r\nHost: a.test\r\n\r\n`,
    refusedWith: 400,
  },
  { name: 'an empty Host', says: `${line('/')}Host:\r\n\r\n`, refusedWith: 400 },
  { name: 'a list of Hosts', says: `${line('/')}Host: a.test, b.test\r\n\r\n`, refusedWith: 400 },
  { name: 'a Host with a path', says: `${line('/')}Host: a.test/x\r\n\r\n`, refusedWith: 400 },
  {
    name: 'a Host with a name before it',
    says: `${line('/')}Host: me@a.test\r\n\r\n`,
    refusedWith: 400,
  },
  {
    name: 'a Host with a space',
    says: `${line('/')}Host: a.test b.test\r\n\r\n`,
    refusedWith: 400,
  },
  {
    name: 'a Host with a port that is none',
    says: `${line('/')}Host: a.test:80x\r\n\r\n`,
    refusedWith: 400,
  },
  {
    name: 'a Host with two ports',
    says: `${line('/')}Host: a.test:80:81\r\n\r\n`,
    refusedWith: 400,
  },
  {
    name: 'a Host with bytes above ASCII',
    says: `${line('/')}Host: a.t\xe9st\r\n\r\n`,
    refusedWith: 400,
  },
  {
    name: 'a space before the colon of Host',
    says: `${line('/')}Host : a.test\r\n\r\n`,
    refusedWith: 400,
  },
  { name: 'a Host only in the target', says: `${line('http://a.test/')}\r\n`, refusedWith: 400 },
  {
    name: 'a target of another host',
    says: `${line('http://b.test/')}Host: a.test\r\n\r\n`,
    refusedWith: 400,
  },
  {
    name: 'a target of another port',
    says: `${line('http://a.test:81/')}Host: a.test\r\n\r\n`,
    refusedWith: 400,
  },
  {
    name: 'a target with a name before its host',
    says: `${line('http://a.test@b.test/')}Host: b.test\r\n\r\n`,
    refusedWith: 400,
  },
  {
    name: 'a target of another scheme',
    says: `${line('ftp://a.test/')}Host: a.test\r\n\r\n`,
    refusedWith: 400,
  },
  {
    name: 'a whole URI of the same host',
    says: `${line('http://A.test/x?y')}Host: a.test\r\n\r\n`,
    reads: ['GET /x?y a.test '],
  },
  {
    name: 'a whole URI without a path',
    says: `${line('http://a.test?y')}Host: a.test\r\n\r\n`,
    reads: ['GET /?y a.test '],
  },
  {
    name: 'two slashes are a path',
    says: `${line('//b.test/x')}Host: a.test\r\n\r\n`,
    reads: ['GET //b.test/x a.test '],
  },
  {
    name: 'Connection names Host',
    says: `${line('/')}Host: a.test\r\nConnection: Host\r\n\r\n`,
    refusedWith: 400,
  },
]
