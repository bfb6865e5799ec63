import net from 'node:net'

/**
 * The program behind our git hooks: standard input to the control plane's socket, its answer to standard output.
 * The answer is text, then NUL and the exit status as a digit (see hook-socket.ts).
 */
const LOST =
  '\n !     The platform is being restarted. A build that had begun goes on; look at it with: heroku releases\n'

const socket = net.connect(process.argv[2] ?? '')
/** What follows the NUL; undefined before it. */
let verdict: string | undefined

process.stdin.pipe(socket)
socket.on('data', (chunk: Buffer) => {
  const end = verdict === undefined ? chunk.indexOf(0) : 0
  const text = end < 0 ? chunk : chunk.subarray(0, end)
  if (end >= 0) verdict = (verdict ?? '') + chunk.subarray(text.length).toString().replace('\0', '')
  if (!process.stdout.write(text)) socket.pause()
})
process.stdout.on('drain', () => socket.resume())
process.stdout.on('error', () => process.exit(1)) // git has gone
socket.on('error', () => {}) // its close says all there is to say
socket.on('close', () => {
  if (verdict === undefined) process.stdout.write(LOST)
  process.exitCode = verdict === '0' ? 0 : 1
})
