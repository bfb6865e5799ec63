import { GET, type SmugglingCase } from './smuggling-case.ts'

export const SIZES: SmugglingCase[] = [
  { name: 'a head of 17 kB', says: `${GET}X: ${'a'.repeat(17_000)}\r\n\r\n`, refusedWith: 431 },
  {
    name: 'a head of 17 kB in small lines',
    says: `${GET}${'X: a\r\n'.repeat(2_900)}\r\n`,
    refusedWith: 431,
  },
  {
    name: 'a head of 17 kB that has no end',
    says: `${GET}X: ${'a'.repeat(17_000)}`,
    refusedWith: 431,
  },
  {
    name: 'a target of 9 kB',
    says: `GET /${'a'.repeat(9_000)} HTTP/1.1\r\nHost: a.test\r\n\r\n`,
    refusedWith: 414,
  },
  {
    name: 'a head of 15 kB',
    says: `${GET}X: ${'a'.repeat(15_000 - GET.length - 7)}\r\n\r\n`,
    reads: ['GET / a.test '],
  },
]
