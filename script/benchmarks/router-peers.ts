import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hostEnvironment } from '#/foundation/config.ts'
import { bindPort } from '#/keeper/bound-port.ts'
import { DESCRIPTORS_OF_PORT } from '#/keeper/platform-processes.ts'
import { dataDirPaths } from '#/foundation/data-dir.ts'
import { start } from '#/foundation/exec.ts'

/** A proxy that is measured: where it listens, and its process. */
export type Peer = { name: string; port: number; child: ChildProcess }

/** What all of them need: a folder of their own, the app behind them, and the processor they may use. */
export type Place = { dir: string; upstreamPort: number; cpu: number }

/** Which of these programs the machine has not; they are skipped. */
export const missing = (programs: string[]): string[] =>
  programs.filter(
    (name) =>
      !['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'].some((dir) =>
        existsSync(join(dir, name)),
      ),
  )

/** A program that may use one processor. */
const pinned = (
  cpu: number,
  command: string[],
  environment: Record<string, string> = {},
  descriptors: number[] = [],
): ChildProcess =>
  start('taskset', ['-c', String(cpu), ...command], {
    stdio: ['ignore', 'ignore', 'ignore', ...descriptors],
    env: { ...hostEnvironment(), ...environment },
  })

/** Static files, and `ok` for a POST: about the fastest app there is. */
export const startUpstream = async ({ dir, upstreamPort, cpu }: Place): Promise<ChildProcess> => {
  for (const [name, size] of [
    ['1k', 1_024],
    ['100k', 102_400],
  ] as const)
    await writeFile(join(dir, name), 'x'.repeat(size))
  return startNginx('upstream', { dir, cpu }, [
    `server { listen 127.0.0.1:${upstreamPort} backlog=4096; root ${dir}; location = /post { return 200 "ok"; } }`,
  ])
}

/** As its documentation has it for many connections: upstream connections are kept, one worker. */
export const startNginxProxy = async (
  place: Place,
  port: number,
  logged: boolean,
): Promise<Peer> => {
  const name = logged ? 'nginx-logged' : 'nginx'
  const child = await startNginx(name, place, [
    `upstream app { server 127.0.0.1:${place.upstreamPort}; keepalive 256; keepalive_requests 1000000000; }`,
    String.raw`log_format heroku '$time_iso8601 at=info method=$request_method path="$request_uri" host=$host request_id=$request_id fwd="$proxy_add_x_forwarded_for" connect=$upstream_connect_time service=$request_time status=$status bytes=$bytes_sent protocol=$scheme';`,
    `server { listen 127.0.0.1:${port} backlog=4096; access_log ${logged ? join(place.dir, 'access.log heroku') : 'off'};
       location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection "";
         proxy_set_header Host $host; proxy_set_header X-Request-Id $request_id;
         proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme; } }`,
  ])
  return { name: 'nginx', port, child }
}

const startNginx = async (
  name: string,
  { dir, cpu }: Pick<Place, 'dir' | 'cpu'>,
  servers: string[],
): Promise<ChildProcess> => {
  const path = join(dir, `${name}.conf`)
  const lines = [
    `daemon off; master_process off; pid ${join(dir, `${name}.pid`)}; error_log /dev/null crit;`,
    'events { worker_connections 8192; }',
    'http {',
    'access_log off; tcp_nodelay on; keepalive_requests 1000000000; keepalive_timeout 600s;',
    ...['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) =>
        `${kind === 'body' ? 'client_body' : kind}_temp_path ${join(dir, `${name}-${kind}`)};`,
    ),
    ...servers,
    '}',
  ]
  await writeFile(path, lines.join('\n'))
  return pinned(cpu, ['nginx', '-c', path])
}

export const startHaproxy = async (
  { dir, cpu, upstreamPort }: Place,
  port: number,
  logged: boolean,
): Promise<Peer> => {
  const path = join(dir, `haproxy-${port}.cfg`)
  const lines = [
    'global',
    '  nbthread 1',
    '  maxconn 8192',
    'defaults',
    '  mode http',
    '  timeout connect 5s',
    '  timeout client 90s',
    '  timeout server 55s',
    '  http-reuse always',
    ...(logged ? [`  log ${join(dir, 'log.sock')} local0`, '  option httplog'] : []),
    'frontend public',
    `  bind 127.0.0.1:${port} backlog 4096`,
    '  option forwardfor',
    '  http-request set-header X-Request-Id %[uuid()]',
    '  http-request set-header X-Forwarded-Proto http',
    '  default_backend app',
    'backend app',
    `  server one 127.0.0.1:${upstreamPort}`,
    '',
  ]
  await writeFile(path, lines.join('\n'))
  return { name: 'haproxy', port, child: pinned(cpu, ['haproxy', '-db', '-f', path]) }
}

export const startCaddy = async (
  { dir, cpu, upstreamPort }: Place,
  port: number,
  logged: boolean,
): Promise<Peer> => {
  const path = join(dir, `caddy-${port}.conf`)
  const lines = [
    '{',
    '  admin off',
    '  auto_https off',
    '}',
    `http://127.0.0.1:${port}, http://localhost:${port}, http://app.localhost:${port} {`,
    `  reverse_proxy 127.0.0.1:${upstreamPort} {`,
    '    header_up X-Request-Id {http.request.uuid}',
    '    transport http {',
    '      keepalive_idle_conns 512',
    '      keepalive_idle_conns_per_host 512',
    '    }',
    '  }',
    ...(logged ? ['  log {', `    output file ${join(dir, 'caddy.log')}`, '  }'] : []),
    '}',
    '',
  ]
  await writeFile(path, lines.join('\n'))
  const command = ['caddy', 'run', '--adapter', 'caddyfile', '--config', path]
  const environment = { GOMAXPROCS: '1', HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir }
  return { name: 'caddy', port, child: pinned(cpu, command, environment) }
}

/** Not a router, but what the router's connections cost by themselves. */
export const startRelay = ({ cpu, upstreamPort }: Place): Peer => {
  const { fd, port } = bindPort({ host: '127.0.0.1', port: 0 })
  const program = fileURLToPath(new URL('bare-relay.ts', import.meta.url))
  const child = pinned(cpu, [process.execPath, program, String(upstreamPort)], {}, [fd])
  return { name: 'relay', port, child }
}

/**
 * The router as the keeper starts it, with its port bound already and several descriptors of that: as it is, which
 * logs each request, or without a log.
 */
export const startSluice = ({ dir, cpu }: Place, logged: boolean): Peer => {
  const { fd, port } = bindPort({ host: '127.0.0.1', port: 0 })
  const paths = dataDirPaths(dir)
  const command = logged
    ? [fileURLToPath(new URL('../../bin/router.ts', import.meta.url)), '--listen-fd', '3']
    : [
        fileURLToPath(new URL('bare-router.ts', import.meta.url)),
        paths.feedSocket,
        join(dir, 'bare'),
      ]
  const child = pinned(
    cpu,
    [process.execPath, ...command],
    { SLUICE_DATA_DIR: dir, SLUICE_DESCRIPTORS_OF_PORT: String(DESCRIPTORS_OF_PORT) },
    Array<number>(DESCRIPTORS_OF_PORT).fill(fd),
  )
  return { name: 'sluice', port, child }
}
