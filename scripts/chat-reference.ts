/**
 * Writes what docs/reference/chat.md says of actions and errors, from the
 * definitions that run them: everything below the line that says so.
 *
 *   bun scripts/chat-reference.ts
 */
import { join } from 'node:path'
import type { Action } from '../src/chat/action.ts'
import { actions } from '../src/chat/actions.ts'
import { schemaOf } from '../src/chat/api-description.ts'
import { chatErrors } from '../src/chat/errors.ts'
import { rates } from '../src/chat/limits.ts'

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema | false
  readonly prefixItems?: readonly Schema[]
  readonly additionalProperties?: Schema | boolean
  readonly anyOf?: readonly Schema[]
  readonly maxLength?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
}

export const mark = '<!-- from here on written by scripts/chat-reference.ts -->\n'
export const page = join(import.meta.dir, '..', 'docs', 'reference', 'chat.md')

/** Formatted as everything is. */
export async function chatReference(): Promise<string> {
  const child = Bun.spawn(['npx', 'oxfmt', '--stdin-filepath', page], {
    cwd: join(import.meta.dir, '..'),
    stdin: new Blob([`${mark}\n${written()}`]),
    stdout: 'pipe',
    stderr: 'inherit',
  })
  return new Response(child.stdout).text()
}

function written(): string {
  const shared: Record<string, unknown> = {}
  const all = Object.entries<Action>(actions).map(([name, act]) => ({ name, text: one(name, act, shared) }))
  const areas = [...new Set(all.map(({ name }) => areaOf(name)))]
  const sections = areas.map((area) =>
    [`## ${area}`, ...all.filter(({ name }) => areaOf(name) === area).map(({ text }) => text)].join('\n\n'),
  )
  const shapes = Object.entries(shared).map(([name, schema]) => shape(name, schema as Schema))
  return [...sections, '## Shapes', ...shapes, '## Errors', errors()].join('\n\n')
}

const areaOf = (name: string): string => name.slice(0, name.indexOf('.'))

function one(name: string, act: Action, shared: Record<string, unknown>): string {
  const { access = 'person', limit = 'call', httpOnly } = act
  const who = { anyone: 'For anyone.', person: '', admin: 'For administrators of the server.' }[access]
  const { count, per } = rates[limit]
  const often = `At most ${count} in ${per / 1000} s (\`${limit}\`).`
  const takes = schemaOf(act.input, 'input', shared) as Schema
  const answers = schemaOf(act.output, 'output', shared) as Schema
  return [
    `### \`${name}\``,
    [act.summary, who, httpOnly === true ? 'Over HTTP only.' : '', often].filter((part) => part !== '').join(' '),
    fields(takes, 'takes'),
    fields(answers, 'answers'),
  ].join('\n\n')
}

function shape(name: string, schema: Schema): string {
  return [`### ${name}`, ...(schema.description === undefined ? [] : [schema.description]), fields(schema, '')].join(
    '\n\n',
  )
}

function fields(schema: Schema, title: string): string {
  const { properties = {}, required = [], anyOf } = schema
  if (anyOf !== undefined) return anyOf.map((each) => fields(each, `${title}, one of`)).join('\n\n')
  const rows = Object.entries(properties).map(([name, part]) => {
    const must = required.includes(name) && part.default === undefined
    return `| \`${name}\`${must ? '' : '?'} | ${typeOf(part)} | ${cell(part)} |`
  })
  if (schema.$ref !== undefined)
    return `| ${title} | |\n| --- | --- |\n| a [${nameOf(schema.$ref)}](#${nameOf(schema.$ref).toLowerCase()}) | |`
  if (rows.length === 0) return `| ${title} | |\n| --- | --- |\n| nothing | |`
  return [`| ${title} | | |`, '| --- | --- | --- |', ...rows].join('\n')
}

function cell({ description = '', default: usual }: Schema): string {
  const said = usual === undefined || usual === '' ? '' : `else \`${JSON.stringify(usual)}\``
  return [description, said]
    .filter((part) => part !== '')
    .join('; ')
    .replaceAll('|', '\\|')
}

function typeOf(schema: Schema): string {
  const { $ref, type, items, enum: values, anyOf, additionalProperties, properties } = schema
  if ($ref !== undefined) return `[${nameOf($ref)}](#${nameOf($ref).toLowerCase()})`
  if ('const' in schema) return `\`${JSON.stringify(schema.const)}\``
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ')
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ')
  if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(typeOf).join(', ')}]`
  if (typeof items === 'object')
    return `list ${schema.maxItems === undefined ? '' : `(up to ${schema.maxItems}) `}of ${typeOf(items)}`
  if (properties !== undefined) {
    const parts = Object.entries(properties).map(([name, part]) => `${name}: ${typeOf(part)}`)
    return `{ ${parts.join(', ')} }`
  }
  if (typeof additionalProperties === 'object' && type === 'object') return 'object'
  if (type === 'string') return schema.maxLength === undefined ? 'text' : `text (up to ${schema.maxLength})`
  if (type === 'integer') return `integer${range(schema)}`
  return { boolean: 'true or false', null: 'null', number: 'number', object: 'object' }[type ?? ''] ?? 'any JSON'
}

function range({ minimum, maximum }: Schema): string {
  const least = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : minimum
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (least === undefined && most === undefined) return ''
  return most === undefined ? ` from ${least}` : `, ${least ?? '…'} to ${most}`
}

const nameOf = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1)

function errors(): string {
  const rows = Object.entries(chatErrors).map(
    ([name, { code, status, message, hint }]) => `| \`${name}\` | ${code} | ${status} | ${message} | ${hint} |`,
  )
  return ['| name | code | status | says | what to do |', '| --- | --- | --- | --- | --- |', ...rows].join('\n')
}

if (import.meta.main) {
  const [head = ''] = (await Bun.file(page).text()).split(mark)
  await Bun.write(page, `${head}${await chatReference()}`)
}
