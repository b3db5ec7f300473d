import { describe, expect, test } from 'bun:test'
import { compileFilter, type FilterNode } from './filter.ts'

const empty: FilterNode = { op: '', key: '', cmp: '', val: '', vals: [], nodes: [] }
const leaf = (key: string, cmp: string, val: string | readonly string[] = ''): FilterNode =>
  typeof val === 'string' ? { ...empty, key, cmp, val } : { ...empty, key, cmp, vals: val }
const all = (...nodes: FilterNode[]): FilterNode => ({ ...empty, op: 'and', nodes })
const any = (...nodes: FilterNode[]): FilterNode => ({ ...empty, op: 'or', nodes })
const not = (...nodes: FilterNode[]): FilterNode => ({ ...empty, op: 'not', nodes })

type Tags = Readonly<Record<string, string>>

/** Whether each of them passes. */
function passes(node: FilterNode, ...given: (Tags | undefined)[]): boolean[] {
  const filter = compileFilter(node)
  if (filter === undefined) throw new Error('the filter means nothing')
  return given.map((tags) => filter(tags))
}

describe('a comparison', () => {
  const cases: [cmp: string, val: string | readonly string[], yes: string[], no: string[], missing: boolean][] = [
    ['eq', 'en', ['en'], ['EN', 'e', ''], false],
    ['neq', 'en', ['de', ''], ['en'], true],
    ['in', ['en', 'de'], ['en', 'de'], ['fr', ''], false],
    ['nin', ['en', 'de'], ['fr', ''], ['en', 'de'], true],
    ['ex', '', ['en', ''], [], false],
    ['nex', '', [], ['en', ''], true],
    ['sw', 'en', ['en', 'en-GB'], ['den', ''], false],
    ['ew', '中文', ['简体中文'], ['中文简体', ''], false],
    ['ct', 'n-G', ['en-GB', 'n-G'], ['en', ''], false],
    [
      'lt',
      '10',
      ['9', '-11', '9.999', '+1', '.5', '0'],
      ['10', '10.0', '11', 'nine', '', '-', '.', '1e0', ' 9'],
      false,
    ],
    ['lte', '10', ['10', '010.00', '9'], ['10.01', ''], false],
    ['gt', '-1', ['0', '-0.5', '1'], ['-1', '-1.0', '-2', 'x'], false],
    ['gte', '0', ['-0', '0.0', '1'], ['-0.1'], false],
    ['gt', '9007199254740993', ['9007199254740994'], ['9007199254740993', '9007199254740992'], false],
    ['lt', '0.1000000000000000001', ['0.1'], ['0.1000000000000000002'], false],
    ['lt', 'many', [], ['1', 'many', ''], false],
  ]
  for (const [cmp, val, yes, no, missing] of cases)
    test(`${cmp} ${JSON.stringify(val)}`, () => {
      const node = leaf('k', cmp, val)
      for (const each of yes) expect(passes(node, { k: each }), each).toEqual([true])
      for (const each of no) expect(passes(node, { k: each }), each).toEqual([false])
      expect(passes(node, { other: 'en' }, {}, undefined)).toEqual([missing, missing, missing])
    })

  test('looks at tags only, not at what every object has', () => {
    const tags: Tags = Object.assign(Object.create(null), { ['__proto__']: 'x' })
    for (const key of ['constructor', '__proto__', 'toString']) expect(passes(leaf(key, 'ex'), {})).toEqual([false])
    expect(passes(leaf('__proto__', 'eq', 'x'), tags)).toEqual([true])
  })

  test('with a number of a hundred thousand digits takes no time', () => {
    const zeros = '0'.repeat(100_000)
    expect(passes(leaf('k', 'lt', `${zeros}1`), { k: `${zeros}x` }, { k: zeros }, { k: `0.${zeros}1` })).toEqual([
      false,
      true,
      true,
    ])
  })
})

test('filters are joined by and, or and not', () => {
  const tree = all(leaf('lang', 'eq', 'en'), any(leaf('n', 'gt', '5'), not(leaf('kind', 'ex'))))
  expect(
    passes(
      tree,
      { lang: 'en', n: '6', kind: 'x' },
      { lang: 'en', n: '5' },
      { lang: 'en', n: '5', kind: 'x' },
      { n: '6' },
    ),
  ).toEqual([true, true, false, false])
})

describe('means nothing:', () => {
  const meaningless: Record<string, FilterNode> = {
    'an empty node': empty,
    'an unknown comparison': leaf('k', 'like', 'x'),
    'no comparison': leaf('k', '', 'x'),
    'a name that every object has as comparison': leaf('k', 'constructor', 'x'),
    'no key': leaf('', 'eq', 'x'),
    'no value': leaf('k', 'eq'),
    'no number': leaf('k', 'gt'),
    'no values': leaf('k', 'in', []),
    'an unknown join': { ...all(leaf('k', 'ex')), op: 'xor' },
    'nothing to join': any(),
    'not of nothing': not(),
    'not of two': not(leaf('a', 'ex'), leaf('b', 'ex')),
    'a part that means nothing': all(leaf('k', 'ex'), any(not(empty))),
    'too many nodes': all(...Array.from({ length: 100 }, () => leaf('k', 'ex'))),
    'too many values': any(...Array.from({ length: 3 }, () => leaf('k', 'in', Array<string>(334).fill('x')))),
  }
  for (const [name, node] of Object.entries(meaningless)) test(name, () => expect(compileFilter(node)).toBeUndefined())
})

test('a filter as large as it may be is taken', () => {
  expect(compileFilter(all(...Array.from({ length: 99 }, () => leaf('k', 'ex'))))).toBeDefined()
  expect(compileFilter(leaf('k', 'in', Array<string>(1000).fill('x')))).toBeDefined()
})
