import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textOfHtml } from './html.ts'
import { qrCode } from './qr-code.ts'

const QUIET_ZONE = 4
const FINDER = ['#######', '#     #', '# ### #', '# ### #', '# ### #', '#     #', '#######']

test('a QR code is drawn with its three marks, and light around it', () => {
  const drawn = textOfHtml(qrCode('otpauth://totp/Sluice?secret=GEZDGNBVGY3TQOJQ', 'A "secret"'))
  assert.match(drawn, /aria-label="A &#34;secret&#34;"/)
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(drawn)?.[1])
  assert.equal((size - 2 * QUIET_ZONE - 17) % 4, 0)
  const dark = new Set([...drawn.matchAll(/M(\d+ \d+)h1v1h-1z/g)].map(([, at]) => at))
  const rowsFrom = (left: number, top: number): string[] =>
    FINDER.map((row, y) =>
      Array.from(row, (_, x) => (dark.has(`${left + x} ${top + y}`) ? '#' : ' ')).join(''),
    )
  const far = size - QUIET_ZONE - FINDER.length
  for (const [left, top] of [
    [QUIET_ZONE, QUIET_ZONE],
    [far, QUIET_ZONE],
    [QUIET_ZONE, far],
  ] as const)
    assert.deepEqual(rowsFrom(left, top), FINDER)
  for (const at of dark) {
    const places = String(at).split(' ').map(Number)
    assert.ok(places.every((place) => place >= QUIET_ZONE && place < size - QUIET_ZONE))
  }
})
