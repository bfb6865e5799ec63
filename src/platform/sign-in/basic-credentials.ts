/** E-mail address and password of a Basic Authorization header; undefined if it holds none. */
export const basicCredentials = (
  header: string | undefined,
): { email: string; password: string } | undefined => {
  const [scheme, encoded] = header?.split(/\s+/, 2) ?? []
  if (scheme?.toLowerCase() !== 'basic' || !encoded) return undefined
  const [email, password] = Buffer.from(encoded, 'base64').toString().split(/:(.*)/s, 2)
  return email?.includes('@') && password ? { email, password } : undefined
}
