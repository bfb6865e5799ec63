import type { Access } from '#/platform/route.ts'
import { getTransfer } from './app-transfer-store.ts'
import type { AppTransfer } from './app-transfer.ts'

/** Below `/account/app-transfers/:transfer`: one that the caller sends or is to receive. */
export const ownTransfer: Access<AppTransfer> = {
  name: 'app-transfer:own',
  find: ({ platform, actor, params }) => getTransfer(platform.db, actor, params['transfer'] ?? ''),
}
