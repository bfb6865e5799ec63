/** One person's app on its way to another person, who accepts or declines it. */
export type AppTransfer = {
  id: string
  appId: string
  appName: string
  senderId: string
  senderEmail: string
  recipientEmail: string
  state: 'pending' | 'accepted' | 'declined'
  /** The caller is the one it goes to. */
  isMine: boolean
  createdAt: Date
  updatedAt: Date
}
