/** What a stage's policy may name, and what it is about; paths of one rule are `paths.` and its name. */
export const BLOCKING_RULES = {
  blocking: 'Everything that the plan calls a problem',
  warning: 'Everything that the plan warns of',
  'config.missing': 'A config var that the target lacks',
  'config.must-differ': 'A config var that must differ and does not',
  'config.must-equal': 'A config var that must be equal and is not',
  'baked-in.differs': 'A value of the source that is in the slug itself',
  'add-ons.missing': 'An add-on that the target lacks',
  'code.behind': 'Commits of the target that would be undone',
  'source.deploying': 'A newer release of the source that is on its way',
  'target.deploying': 'A newer release of the target that is on its way',
  'stack.changes': 'Another stack',
  'stack.unsupported': 'A stack that does not run here',
  'slug.missing': 'A slug that the store has not got any more',
  'slug.damaged': 'A slug that is damaged on the disk',
  'paths.*': 'Files that a rule for paths is about, such as migrations',
}

/** A rule is a code (`config.missing`), all of a topic (`config.*`), or a level (`blocking`). */
export const blocks = (rule: string, { code, level }: { code: string; level: string }): boolean =>
  rule === code || rule === level || (rule.endsWith('.*') && code.startsWith(rule.slice(0, -1)))
