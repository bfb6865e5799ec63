import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { hostEnvironment, platformEnvironment } from '#/foundation/config.ts'
import { run } from '#/foundation/exec.ts'
import type { Interpreter } from './python-interpreters.ts'

const LIMIT_MS = 5 * 60_000

/** A Python that uv, where this host has it, fetches into `folder`; or why it cannot, in words of its own. */
export const installByUv = async (
  folder: string,
  asked: string,
): Promise<{ interpreter?: Interpreter; problem?: string }> => {
  const uv = findUv()
  if (uv === undefined || asked === '') return {}
  await mkdir(folder, { recursive: true })
  const env = { ...platformEnvironment(), UV_PYTHON_INSTALL_DIR: folder, UV_NO_CONFIG: '1' }
  const options = { env, cwd: '/', timeoutMs: LIMIT_MS }
  let problem = ''
  for (const version of new Set([asked, asked.split('.').slice(0, 2).join('.')])) {
    const installed = await run(uv, ['python', 'install', '--no-bin', version], options)
    problem = complaintIn(installed.stderr)
    if (installed.code !== 0) continue
    const find = ['python', 'find', '--no-project', '--managed-python', version]
    const interpreter = await identify((await run(uv, find, options)).stdout.trim())
    if (interpreter) return { interpreter }
  }
  return { problem }
}

/** On one line, without the progress before it. */
const complaintIn = (stderr: string): string =>
  stderr
    .slice(Math.max(0, stderr.search(/^error: /m)))
    .trim()
    .replaceAll(/\s+/g, ' ')

const identify = async (path: string): Promise<Interpreter | undefined> => {
  if (!existsSync(path)) return undefined
  const question = 'import sys; print("%d.%d.%d" % sys.version_info[:3])'
  const { code, stdout } = await run(path, ['-I', '-c', question], { env: hostEnvironment() })
  return code === 0 ? { path, version: stdout.trim() } : undefined
}

const findUv = (): string | undefined =>
  [
    ...(hostEnvironment()['PATH'] ?? '').split(':'),
    join(homedir(), '.local', 'bin'),
    join(homedir(), '.cargo', 'bin'),
  ]
    .map((folder) => join(folder, 'uv'))
    .find((path) => existsSync(path))
