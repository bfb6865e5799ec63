import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { hostRegistrySettings, parsePipConfig, settingsOf } from './registry-settings.ts'

const dir = mkdtempSync(join(tmpdir(), 'sluice-registry-'))
after(() => rmSync(dir, { recursive: true }))

test('builds learn where registries, proxies and authorities are, and nothing else', () => {
  const { env } = settingsOf({
    NPM_CONFIG_REGISTRY: 'https://npm.example.com/',
    npm_config__authToken: 'secret',
    'npm_config_//npm.example.com/:_authToken': 'secret',
    PIP_INDEX_URL: 'https://pypi.example.com/simple',
    PIP_TARGET: '/elsewhere',
    https_proxy: 'http://proxy.example.com:3128',
    DATABASE_URL: 'postgres://secret',
    SLUICE_DATA_DIR: '/var/lib/sluice',
  })
  assert.deepEqual(env, {
    NPM_CONFIG_REGISTRY: 'https://npm.example.com/',
    PIP_INDEX_URL: 'https://pypi.example.com/simple',
    https_proxy: 'http://proxy.example.com:3128',
  })
})

test('a setting with a password in it is withheld by name', () => {
  const { env, withheld } = settingsOf({
    PIP_EXTRA_INDEX_URL:
      'https://mirror.example.com/simple https://ada:secret@pypi.example.com/simple',
    HTTPS_PROXY: 'http://token@proxy.example.com',
    NPM_CONFIG_REGISTRY: 'https://npm.example.com/',
  })
  assert.deepEqual(withheld, ['PIP_EXTRA_INDEX_URL', 'HTTPS_PROXY'])
  assert.deepEqual(Object.keys(env), ['NPM_CONFIG_REGISTRY'])
})

test('files that the settings name are shown to builds, but no home', () => {
  const certificate = join(dir, 'ca.pem')
  writeFileSync(certificate, '')
  const { mounts } = settingsOf({
    PIP_CERT: certificate,
    NPM_CONFIG_CAFILE: '/etc/ssl/certs/ca-certificates.crt',
    PIP_FIND_LINKS: `${dir} https://wheels.example.com/ / /nowhere`,
  })
  assert.deepEqual(
    mounts.map(({ host }) => host),
    [certificate, dir],
  )
})

test('settings of pip are read from its sections, also over several lines', () => {
  const text = `[global]
index-url = https://pypi.example.com/simple
find-links =
    /opt/wheels
    https://wheels.example.com
[freeze]
timeout = 10
[install]
trusted-host: pypi.example.com
`
  assert.deepEqual(parsePipConfig(text), {
    PIP_INDEX_URL: 'https://pypi.example.com/simple',
    PIP_FIND_LINKS: '/opt/wheels https://wheels.example.com',
    PIP_TRUSTED_HOST: 'pypi.example.com',
  })
})

test("this host's own settings can be read", async () => {
  const { env } = await hostRegistrySettings()
  for (const value of Object.values(env)) assert.doesNotMatch(value, /:\/\/[^/]*@/)
})
