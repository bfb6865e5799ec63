import { operatorOnly } from '#/platform/account/operator-access.ts'
import { route } from '#/platform/route.ts'
import { readMasterKeyState, startRotation, type MasterKeyState } from './start-rotation.ts'

export const masterKeyRoutes = [
  route({
    method: 'GET',
    path: '/master-key',
    access: operatorOnly,
    handle: async ({ platform }) => presentMasterKey(await readMasterKeyState(platform)),
  }),
  route({
    method: 'POST',
    path: '/master-key/actions/rotate',
    access: operatorOnly,
    status: 202,
    handle: async ({ platform, actor }) => presentMasterKey(await startRotation(platform, actor)),
  }),
]

/** Names of keys, never keys. */
const presentMasterKey = (state: MasterKeyState) => ({
  id: state.id,
  created_at: state.createdAt,
  file: state.file,
  previous: state.previous.map((id) => ({ id })),
  remaining_data_keys: state.remaining,
})
