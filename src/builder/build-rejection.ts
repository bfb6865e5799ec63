/**
 * Why a build of users' code cannot succeed, as words that go on after "Push rejected, ". Thrown inside the builder
 * only: `buildSlug` makes an outcome of it.
 */
export class BuildRejection extends Error {
  override readonly name = 'BuildRejection'
}

/** A line of its own in the build's output, marked as Heroku marks what went wrong. */
export const complaint = (text: string): string =>
  text
    .split('\n')
    .map((line) => ` !     ${line}`.trimEnd())
    .join('\n')
    .concat('\n')
