export type GitService = 'git-upload-pack' | 'git-receive-pack'

/** What git asks for over HTTP. */
export type GitRequest = {
  /** As in the URL: a name, or an id. */
  app: string
  service: GitService
  /** Below the repository: `/info/refs`, or the service's own. */
  path: string
  /** Of the CGI request: made anew, nothing of the client's is handed on. */
  query: string
}

const GIT_URL = /^\/([^/?]*)\.git(\/[^?]*)?(?:\?(.*))?$/

/** True of every URL below a repository's, whether or not there is such a thing. */
export const isGitUrl = (url: string): boolean => GIT_URL.test(url)

/** The three things that git's smart protocol knows; undefined for anything else (as the dumb protocol's files). */
export const parseGitRequest = (method: string, url: string): GitRequest | undefined => {
  const [, app = '', path = '', search = ''] = GIT_URL.exec(url) ?? []
  if (!/^[a-z0-9-]{1,64}$/.test(app)) return undefined
  if (method === 'GET' && path === '/info/refs') {
    const service = serviceNamed(new URLSearchParams(search).get('service') ?? '')
    return service && { app, service, path, query: `service=${service}` }
  }
  const service = method === 'POST' ? serviceNamed(path.slice(1)) : undefined
  return service && { app, service, path: `/${service}`, query: '' }
}

const serviceNamed = (name: string): GitService | undefined =>
  name === 'git-upload-pack' || name === 'git-receive-pack' ? name : undefined
