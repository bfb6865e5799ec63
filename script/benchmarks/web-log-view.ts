import type { Page } from 'playwright-core'
import { longestFrame, watchFrames } from '../../test/support/frames.ts'

export const LINES_A_SECOND = 5_000
export const SECONDS = 10
const TICKS_A_SECOND = 10
const LAST = `flood ${SECONDS * TICKS_A_SECOND - 1} ${LINES_A_SECOND / TICKS_A_SECOND - 1}`
const LIMIT_MS = 120_000

/** Prints so many lines a second by the clock, however long it takes to print them, once it is asked for `/flood`. */
export const FLOODING_SERVER = String.raw`import http.server, os, sys, threading, time
def flood():
    began = time.monotonic()
    for tick in range(${SECONDS * TICKS_A_SECOND}):
        time.sleep(max(0, began + tick / ${TICKS_A_SECOND} - time.monotonic()))
        sys.stdout.write(''.join('\033[3%dmflood\033[0m %d %d\n' % (line % 8, tick, line) for line in range(${LINES_A_SECOND / TICKS_A_SECOND})))
        sys.stdout.flush()
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == '/flood': threading.Thread(target=flood).start()
        self.send_response(200); self.end_headers()
        self.wfile.write(b'shop')
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('', int(os.environ['PORT'])), Page).serve_forever()
`

/** @param page the log view, which follows. Returns the longest time between two frames till the last line is seen */
export const floodLogView = async (
  page: Page,
  begin: () => Promise<unknown>,
): Promise<{ longestMs: number; tookMs: number }> => {
  const log = page.getByRole('log')
  await log.getByText('app[api]').first().waitFor()
  await watchFrames(page)
  const began = performance.now()
  await begin()
  await log.getByText(LAST).waitFor({ timeout: LIMIT_MS })
  const tookMs = performance.now() - began
  return { tookMs, longestMs: await longestFrame(page) }
}
