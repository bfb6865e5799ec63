/** That one gives somebody; a collaborator is whoever has access to some app only. */
export const ROLES: { value: string; text: string }[] = [
  { value: 'owner', text: 'Owner' },
  { value: 'admin', text: 'Admin' },
  { value: 'member', text: 'Member' },
  { value: 'viewer', text: 'Viewer' },
]
