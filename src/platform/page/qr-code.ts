import { encode } from 'uqr'
import { html, type Html } from './html.ts'

/** Light around it, in modules, without which many cameras do not find it (ISO/IEC 18004). */
const QUIET_ZONE = 4

/**
 * A text as a QR code, dark on light in either look, as cameras want it. Drawn here: a secret in it leaves neither the
 * page nor its policy.
 * @param label what it is, for whoever does not see it
 */
export const qrCode = (text: string, label: string): Html => {
  const { size, data } = encode(text, { ecc: 'M', border: QUIET_ZONE })
  return html`<svg class="qr" role="img" aria-label="${label}" viewBox="0 0 ${size} ${size}">
    <path fill="#fff" d="M0 0h${size}v${size}H0z" />
    <path d="${data.map(pathOfRow).join('')}" shape-rendering="crispEdges" />
  </svg>`
}

const pathOfRow = (modules: boolean[], y: number): string =>
  modules.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')).join('')
