import { existsSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { hostEnvironment, platformEnvironment } from '#/foundation/config.ts'
import { run } from '#/foundation/exec.ts'
import type { Mount } from '#/sandbox/sandbox-spec.ts'

export type RegistrySettings = {
  env: Record<string, string>
  /** Files and folders that the settings name and that a sandbox does not show anyway. */
  mounts: Mount[]
  /** Settings that hold a password, which builds are not given. */
  withheld: string[]
}

/**
 * How this host reaches package registries, for builds to reach them likewise: addresses of registries and indexes,
 * proxies, certificate authorities, from the environment, npm's and pip's own files. Nothing else of these files goes
 * into a build, and no value with a password in it. An app that needs one has it in its config vars.
 */
export const hostRegistrySettings = (): Promise<RegistrySettings> => (known ??= read())

let known: Promise<RegistrySettings> | undefined

const read = async (): Promise<RegistrySettings> =>
  settingsOf({ ...pipSettings(), ...(await npmSettings()), ...platformEnvironment() })

/** Lower-case names of the variables that go into builds. */
const FORWARDED = new Set([
  ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'],
  ...['ssl_cert_file', 'ssl_cert_dir', 'node_extra_ca_certs', 'requests_ca_bundle'],
  ...['curl_ca_bundle', 'git_ssl_cainfo'],
  ...['npm_config_registry', 'npm_config_cafile', 'npm_config_strict_ssl', 'npm_config_noproxy'],
  ...['npm_config_proxy', 'npm_config_https_proxy'],
  ...['pip_index_url', 'pip_extra_index_url', 'pip_find_links', 'pip_no_index', 'pip_proxy'],
  ...['pip_trusted_host', 'pip_cert', 'pip_timeout', 'pip_default_timeout', 'pip_retries'],
  ...['uv_index_url', 'uv_extra_index_url', 'uv_default_index', 'uv_index', 'uv_find_links'],
])

export const settingsOf = (variables: Record<string, string>): RegistrySettings => {
  const all = Object.entries(variables).filter(
    ([name, value]) => FORWARDED.has(name.toLowerCase()) && value !== '',
  )
  const withheld = all.filter(([, value]) => HAS_PASSWORD.test(value)).map(([name]) => name)
  const env = Object.fromEntries(all.filter(([name]) => !withheld.includes(name)))
  return { env, mounts: mountsOf(env), withheld }
}

const HAS_PASSWORD = /:\/\/[^/\s@]+@/

/** What the sandbox shows of the host in any case. */
const SHOWN = ['/usr/', '/etc/ssl/', '/etc/ca-certificates/']

const mountsOf = (env: Record<string, string>): Mount[] => {
  const paths = Object.values(env)
    .flatMap((value) => value.split(/\s+/))
    .map((word) => word.replace(/^file:\/\//, ''))
    .filter((word) => isAbsolute(word) && !SHOWN.some((folder) => `${word}/`.startsWith(folder)))
  return [...new Set(paths)].filter(isMountable).map((path) => ({ host: path, inside: path }))
}

const isMountable = (path: string): boolean =>
  path.split('/').length > 2 && existsSync(path) && (statSync(path).isFile() || isListOfFiles(path))

/** Wheels in a folder of their own, not somebody's home. */
const isListOfFiles = (path: string): boolean =>
  statSync(path).isDirectory() && !homedir().startsWith(path)

const NPM_KEYS = {
  registry: 'NPM_CONFIG_REGISTRY',
  cafile: 'NPM_CONFIG_CAFILE',
  proxy: 'NPM_CONFIG_PROXY',
  'https-proxy': 'NPM_CONFIG_HTTPS_PROXY',
} as const

/** As npm itself reads its files, outside of any project. Nothing if there is no npm. */
const npmSettings = async (): Promise<Record<string, string>> => {
  const options = { cwd: '/', env: hostEnvironment(), timeoutMs: 20_000 }
  const printed = await run('npm', ['config', 'list', '--json'], options).catch(() => undefined)
  if (printed?.code !== 0) return {}
  const config = new Map<string, unknown>(Object.entries(JSON.parse(printed.stdout)))
  return {
    ...Object.fromEntries(
      Object.entries(NPM_KEYS).flatMap(([key, name]) => {
        const value = config.get(key)
        return typeof value === 'string' && value !== '' ? [[name, value]] : []
      }),
    ),
    ...(config.get('strict-ssl') === false ? { NPM_CONFIG_STRICT_SSL: 'false' } : {}),
  }
}

const PIP_FILES = (): string[] => [
  '/etc/xdg/pip/pip.conf',
  '/etc/pip.conf',
  join(homedir(), '.pip', 'pip.conf'),
  join(homedir(), '.config', 'pip', 'pip.conf'),
]

/** The sections [global] and [install] of pip's files; later files count more. */
const pipSettings = (): Record<string, string> =>
  Object.assign({}, ...PIP_FILES().map((path) => parsePipConfig(readIfThere(path))))

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // not there, or not ours to read: pip would do without it too
  }
}

export const parsePipConfig = (text: string): Record<string, string> => {
  const found = new Map<string, string>()
  let section = ''
  let key = ''
  for (const line of text.split(/\r?\n/)) {
    const [, name] = /^\[(.+)\]/.exec(line) ?? []
    const [, option, value] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? []
    if (name !== undefined) section = name.trim()
    else if (section !== 'global' && section !== 'install') continue
    else if (option !== undefined) {
      key = `PIP_${option.replaceAll('-', '_').toUpperCase()}`
      found.set(key, (value ?? '').trim())
    } else if (/^\s+[^\s#;]/.test(line) && key !== '')
      found.set(key, `${found.get(key) ?? ''} ${line.trim()}`.trim())
  }
  return Object.fromEntries(found)
}
