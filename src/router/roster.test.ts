import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Roster } from './roster.ts'

const listed = (roster: Roster<{ place: number; name: number }>): number[] => {
  const names: number[] = []
  roster.forEach(({ name }) => names.push(name))
  return names.toSorted((a, b) => a - b)
}

test('what was added and not removed is there once, in whatever order things come and go', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 100 }), (moves) => {
      const roster = new Roster<{ place: number; name: number }>()
      const there: { place: number; name: number }[] = []
      for (const [name, move] of moves.entries()) {
        if (move % 3 === 0 && there.length > 0) {
          const [gone] = there.splice(move % there.length, 1)
          if (gone) roster.remove(gone)
        } else {
          const one = { place: -1, name }
          there.push(one)
          roster.add(one)
        }
      }
      assert.equal(roster.size, there.length)
      assert.deepEqual(
        listed(roster),
        there.map(({ name }) => name).toSorted((a, b) => a - b),
      )
    }),
  )
})

test('each is visited once, also when it goes as it is visited', () => {
  const roster = new Roster<{ place: number; name: number }>()
  for (let name = 0; name < 10; name++) roster.add({ place: -1, name })
  const visited: number[] = []
  roster.forEach((one) => {
    visited.push(one.name)
    if (one.name % 2) roster.remove(one)
  })
  assert.deepEqual(
    visited.toSorted((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  )
  assert.deepEqual(listed(roster), [0, 2, 4, 6, 8])
})
