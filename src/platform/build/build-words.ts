import { RELEASE_PHASE } from '#/platform/release/release.ts'

/** What a build's output ends with; made of its rows, so that nothing is said that is not so. */
export const launchWords = ({
  version,
  url,
  processTypes,
}: {
  version: number
  /** null: the app has been destroyed since */
  url: string | null
  processTypes: Record<string, string>
}): string => {
  const command = `
 !     Release command declared: this new release will not be available until the command succeeds.`
  const place =
    url === null
      ? ''
      : `
       ${url} deployed to Sluice`
  return `-----> Launching...${RELEASE_PHASE in processTypes ? command : ''}
       Released v${version}${place}
`
}

/** @param reason a sentence, or words that go on after "Push rejected, " */
export const rejectionWords = (reason: string): string => `
 !     Push rejected, ${reason.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())}

 !     Push failed
`
