import { readFileSync } from 'node:fs'
import { anyone, route } from '#/platform/route.ts'

const style = readFileSync(new URL('style.css', import.meta.url), 'utf8')

export const pageRoutes = [
  route({
    method: 'GET',
    path: '/pages/style.css',
    access: anyone('the look of the pages is no secret'),
    handle: async ({ reply }) => {
      void reply
        .type('text/css; charset=utf-8')
        .headers({ 'cache-control': 'public, max-age=300', 'x-content-type-options': 'nosniff' })
      return style
    },
  }),
]
