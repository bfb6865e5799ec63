import { readFileSync } from 'node:fs'
import { anyone, route } from '#/platform/route.ts'

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

const FILES = [
  { path: '/pages/style.css', type: 'text/css', text: read('colours.css') + read('style.css') },
  { path: '/pages/icon.svg', type: 'image/svg+xml', text: read('icon.svg') },
]

export const pageRoutes = FILES.map(({ path, type, text }) =>
  route({
    method: 'GET',
    path,
    access: anyone('the look of the pages is no secret'),
    handle: async ({ reply }) => {
      void reply
        .type(`${type}; charset=utf-8`)
        .headers({ 'cache-control': 'public, max-age=300', 'x-content-type-options': 'nosniff' })
      return text
    },
  }),
)
