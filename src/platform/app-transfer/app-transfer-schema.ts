import { Type } from 'typebox'
import { strangerId } from '#/platform/account/account-schema.ts'
import { Reference } from '#/platform/app/reference.ts'
import type { Actor } from '#/platform/event/actor.ts'
import type { AppTransfer } from './app-transfer.ts'

export const CreateTransfer = Type.Object({
  app: Reference,
  recipient: Type.String({ minLength: 1, maxLength: 254 }),
  silent: Type.Optional(Type.Boolean()),
})

export const UpdateTransfer = Type.Object({
  state: Type.Union([Type.Literal('pending'), Type.Literal('accepted'), Type.Literal('declined')]),
})

/** Either who may get at it, or whose it is. */
export const UpdateTeamApp = Type.Object(
  { locked: Type.Optional(Type.Boolean()), owner: Type.Optional(Reference) },
  { minProperties: 1 },
)

export const presentTransfer = (transfer: AppTransfer, { actor }: { actor: Actor }) => ({
  id: transfer.id,
  app: { id: transfer.appId, name: transfer.appName },
  created_at: transfer.createdAt,
  owner: { id: transfer.senderId, email: transfer.senderEmail },
  recipient: {
    id: transfer.isMine ? actor.accountId : strangerId(transfer.recipientEmail),
    email: transfer.recipientEmail,
  },
  state: transfer.state,
  updated_at: transfer.updatedAt,
})
