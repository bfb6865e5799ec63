import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findValues } from '#/builder/find-values.ts'
import { medianOf } from './median.ts'

/** The search of a slug for values of config vars: goal ≥ 300 MB/s. Of files in the cache of the machine. */
const RUNS = 5
const GOAL = 300
const TEXT = Buffer.from(
  `export const total = (items) => items.reduce((sum, { price }) => sum + price, 0) // see https://shop.example.com/docs\n`,
)

export const benchBakedIn = async (): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-bench-baked-in-'))
  try {
    const large = await fill(join(dir, 'large'), 40, 10 * 2 ** 20)
    const small = await fill(join(dir, 'small'), 5_000, 20 * 1024)
    for (const vars of [20, 500]) {
      await bench(`${vars} values, 40 files of 10 MB`, large, vars)
      await bench(`${vars} values, 5,000 files of 20 kB`, small, vars)
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

type Tree = { root: string; bytes: number }

/** Half of them text as code is, half of them bytes as in images. */
const fill = async (root: string, files: number, size: number): Promise<Tree> => {
  await mkdir(root, { recursive: true })
  const text = Buffer.alloc(size, TEXT)
  const binary = randomBytes(size)
  for (let file = 0; file < files; file += 1)
    await writeFile(join(root, `${file}`), file % 2 === 0 ? text : binary)
  return { root, bytes: files * size }
}

const bench = async (what: string, { root, bytes }: Tree, vars: number): Promise<void> => {
  const config = Object.fromEntries(
    Array.from({ length: vars }, (_, index) => [
      `KEY_${index}`,
      index % 2 === 0
        ? randomBytes(20).toString('hex')
        : `https://shop.example.com/${randomBytes(4).toString('hex')}`,
    ]),
  )
  const rates: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    const startedAt = performance.now()
    await findValues(root, config)
    rates.push(bytes / 1e6 / ((performance.now() - startedAt) / 1000))
  }
  console.log(`${what.padEnd(36)} ${medianOf(rates).toFixed(0)} MB/s (goal: ≥ ${GOAL})`)
}
