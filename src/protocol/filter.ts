/**
 * Tags filters (protocol section 18): a subscriber says which publications it
 * wants, as a tree. A leaf compares one tag; `and`, `or` and `not` join others.
 *
 * A filter is evaluated for each publication and each subscriber that has one,
 * so how much one of them may ask for is limited.
 */
import type { Tags, TagsFilter } from '../core/tags.ts'

/** As it comes over the wire; what is not there is empty. */
export interface FilterNode {
  readonly op: string // '' for a leaf
  readonly key: string
  readonly cmp: string
  readonly val: string
  readonly vals: readonly string[]
  readonly nodes: readonly FilterNode[]
}

const mostNodes = 100
const mostValues = 1000 // in all of its lists

/** Undefined for a tree that means nothing, or asks for too much. */
export function compileFilter(root: FilterNode): TagsFilter | undefined {
  const size = { nodes: mostNodes, values: mostValues }
  return isWithin(root, size) ? compile(root) : undefined
}

function isWithin(node: FilterNode, left: { nodes: number; values: number }): boolean {
  left.nodes--
  left.values -= node.vals.length
  return left.nodes >= 0 && left.values >= 0 && node.nodes.every((each) => isWithin(each, left))
}

function compile(node: FilterNode): TagsFilter | undefined {
  if (node.op === '') return compileLeaf(node)
  const parts: TagsFilter[] = []
  for (const each of node.nodes) {
    const part = compile(each)
    if (part === undefined) return undefined
    parts.push(part)
  }
  const [first] = parts
  if (first === undefined) return undefined
  if (node.op === 'and') return (tags) => parts.every((part) => part(tags))
  if (node.op === 'or') return (tags) => parts.some((part) => part(tags))
  return node.op === 'not' && parts.length === 1 ? (tags) => !first(tags) : undefined
}

function compileLeaf({ key, cmp, val, vals }: FilterNode): TagsFilter | undefined {
  if (key === '') return undefined
  if (cmp === 'ex') return (tags) => tagOf(tags, key) !== undefined
  if (cmp === 'nex') return (tags) => tagOf(tags, key) === undefined
  if (cmp === 'in' || cmp === 'nin') {
    if (vals.length === 0) return undefined
    const values: ReadonlySet<string | undefined> = new Set(vals)
    return cmp === 'in' ? (tags) => values.has(tagOf(tags, key)) : (tags) => !values.has(tagOf(tags, key))
  }
  if (val === '') return undefined
  if (cmp === 'neq') return (tags) => tagOf(tags, key) !== val
  const test = texts.get(cmp)?.(val) ?? numbers.get(cmp)?.(val)
  return (
    test &&
    ((tags) => {
      const tag = tagOf(tags, key)
      return tag !== undefined && test(tag)
    })
  )
}

type Test = (tag: string) => boolean

const texts: ReadonlyMap<string, (val: string) => Test> = new Map([
  [
    'eq',
    (val: string): Test =>
      (tag) =>
        tag === val,
  ],
  [
    'sw',
    (val: string): Test =>
      (tag) =>
        tag.startsWith(val),
  ],
  [
    'ew',
    (val: string): Test =>
      (tag) =>
        tag.endsWith(val),
  ],
  [
    'ct',
    (val: string): Test =>
      (tag) =>
        tag.includes(val),
  ],
])

const numbers: ReadonlyMap<string, (val: string) => Test> = new Map([
  ['lt', numeric((order) => order < 0)],
  ['lte', numeric((order) => order <= 0)],
  ['gt', numeric((order) => order > 0)],
  ['gte', numeric((order) => order >= 0)],
])

/** False where one of the two is no number. */
function numeric(holds: (order: number) => boolean): (val: string) => Test {
  return (val) => {
    const limit = readDecimal(val)
    return (tag) => {
      const value = limit && readDecimal(tag)
      return value !== undefined && limit !== undefined && holds(compareDecimals(value, limit))
    }
  }
}

/** A decimal number, exactly: what counts money or names things by number is often longer than a double can hold. */
interface Decimal {
  readonly sign: number // -1, 0 or 1
  readonly whole: string // without zeros before
  readonly fraction: string // without zeros behind
}

function readDecimal(text: string): Decimal | undefined {
  // Each character has one part of the pattern that it can belong to, so that none takes long to fail.
  const [match, sign = '', whole = '', digits = ''] = /^([-+]?)0*((?:[1-9]\d*)?)(?:\.(\d*))?$/.exec(text) ?? []
  if (match === undefined || !/\d/.test(match)) return undefined
  let end = digits.length
  while (digits[end - 1] === '0') end--
  const fraction = digits.slice(0, end)
  return { sign: whole === '' && fraction === '' ? 0 : sign === '-' ? -1 : 1, whole, fraction }
}

function compareDecimals(one: Decimal, other: Decimal): number {
  if (one.sign !== other.sign) return one.sign - other.sign
  const size =
    one.whole.length - other.whole.length || compare(one.whole, other.whole) || compare(one.fraction, other.fraction)
  return size * one.sign
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** Of the tags themselves: a key may be called like something that every object has. */
function tagOf(tags: Tags | undefined, key: string): string | undefined {
  return tags !== undefined && Object.hasOwn(tags, key) ? tags[key] : undefined
}
