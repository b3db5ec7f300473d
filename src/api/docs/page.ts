/**
 * Draws the page to try the API, in the browser, from the document that
 * describes it. What the document says is put in as text only. The key and the
 * token stay in their fields: they are in no storage and no address, and go to
 * this server alone.
 */
interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: Schema | boolean
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly enum?: readonly string[]
  readonly pattern?: string
}

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly security?: readonly Readonly<Record<string, unknown>>[] // absent: the key
  readonly requestBody: { readonly content: Content }
  readonly responses: { readonly '200': { readonly content?: Content } }
}

type Content = Readonly<Record<'application/json', { readonly schema: Schema; readonly example?: unknown }>>

interface Document {
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, { readonly post: Operation }>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly securitySchemes: Readonly<Record<string, unknown>>
  }
}

const drafts = new Map<string, string>() // what was written, by method, until the page is left
const api = (await (await fetch('/api/openapi.json')).json()) as Document
const operations = new Map(Object.entries(api.paths).map(([path, { post }]) => [post.operationId, { path, ...post }]))
const [nav, main] = [find('nav'), find('main')]
const [key, token] = [find('#key') as HTMLInputElement, find('#token') as HTMLInputElement]

find('#person').hidden = !('bearer' in api.components.securitySchemes)
nav.replaceChildren(...api.tags.flatMap(({ name }) => group(name)))
find('#access').addEventListener('submit', (event) => event.preventDefault()) // the key is read when it is needed
window.addEventListener('hashchange', show)
key.focus()
show()

function group(tag: string): HTMLElement[] {
  const links = [...operations.values()]
    .filter(({ tags }) => tags.includes(tag))
    .map(({ operationId }) => element('a', { href: `#${operationId}` }, operationId))
  return [element('h2', {}, tag), ...links]
}

function show(): void {
  const asked = operations.get(location.hash.slice(1))
  const [first] = operations.values()
  const operation = asked ?? first
  if (operation === undefined) return
  const { operationId: name, summary, description, path, requestBody, responses } = operation
  for (const link of nav.querySelectorAll('a')) {
    if (link.hash === `#${name}`) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  const { schema, example = skeleton(schema) } = requestBody.content['application/json']
  const body = element('textarea', { 'aria-label': 'Request', spellcheck: 'false' })
  body.value = drafts.get(name) ?? JSON.stringify(example, null, 2)
  body.rows = body.value.split('\n').length + 1
  body.addEventListener('input', () => drafts.set(name, body.value))
  const state = element('output')
  const answer = element('pre', { 'aria-label': 'Response', tabindex: '0', hidden: '' })
  const button = element('button', { type: 'submit' }, 'Send')
  const form = element('form', {}, body, element('div', { class: 'act' }, button, state))
  const go = () => void send(operation, body.value, button, state, answer)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    go()
  })
  body.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) go()
  })
  main.replaceChildren(
    element('h2', {}, `POST ${path}`),
    element('p', {}, ...marked(summary)),
    ...(description === undefined ? [] : [element('p', { class: 'more' }, ...marked(description))]),
    element('h3', {}, 'Request'),
    table(schema),
    ...(path.includes('{') ? [] : [element('h3', {}, 'Try it'), form, answer]), // what is to be put there nobody here knows
    element('h3', {}, 'Result'),
    table(resultOf(responses['200'].content?.['application/json'].schema ?? {})),
  )
}

async function send(
  { path, security }: Operation & { path: string },
  body: string,
  button: HTMLButtonElement,
  state: HTMLElement,
  answer: HTMLElement,
) {
  button.disabled = true
  state.className = ''
  state.textContent = 'Sending…'
  const started = performance.now()
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...proof(security) },
      body,
      credentials: 'omit',
    })
    const text = await response.text()
    const refused = !response.ok || text.startsWith('{"error"')
    state.className = refused ? 'bad' : 'good'
    state.textContent = `${response.status}${response.status === 401 && security === undefined ? ': the key is missing or wrong' : ''} · ${Math.round(performance.now() - started)} ms`
    answer.textContent = pretty(text)
    answer.hidden = text === ''
  } catch {
    state.className = 'bad'
    state.textContent = 'The server could not be reached.'
    answer.hidden = true
  }
  button.disabled = false
}

/** What shows who asks. The key, where it is asked for, or there is no token that is. */
function proof(security: Operation['security']): Record<string, string> {
  const accepts = (scheme: string) => security?.some((each) => scheme in each) === true
  if (security === undefined || (accepts('key') && token.value === '')) return { 'x-api-key': key.value }
  return accepts('bearer') && token.value !== '' ? { authorization: `Bearer ${token.value}` } : {}
}

/** What must be there, with nothing in it. */
function skeleton(schema: Schema): unknown {
  const { type, properties = {}, required = [], enum: [first] = [] } = resolved(schema)
  if (type === 'object')
    return Object.fromEntries(
      required.flatMap((name) => (name in properties ? [[name, skeleton(properties[name] ?? {})]] : [])),
    )
  if (type === 'array') return []
  return type === 'integer' || type === 'number' ? 0 : type === 'boolean' ? false : (first ?? '')
}

/** Numbers beyond 2^53 would change if they were parsed; such a text stays as it is. */
function pretty(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    return JSON.stringify(value) === text ? JSON.stringify(value, null, 2) : text
  } catch {
    return text
  }
}

function resolved(schema: Schema): Schema {
  return schema.$ref === undefined ? schema : resolved(api.components.schemas[nameOf(schema.$ref)] ?? {})
}

function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1)
}

/** Of an answer that is a result or an error, the result. */
function resultOf(schema: Schema): Schema {
  return schema.oneOf?.[0]?.properties?.['result'] ?? schema
}

function table(schema: Schema): HTMLElement {
  const rows = [...rowsOf(resolved(schema), false)]
  return rows.length === 0 ? element('p', {}, 'Nothing.') : element('table', {}, element('tbody', {}, ...rows))
}

function* rowsOf({ properties = {}, required = [] }: Schema, inner: boolean): Generator<HTMLElement> {
  for (const [name, schema] of Object.entries(properties)) {
    const must = required.includes(name) && !('default' in schema)
    const usual = 'default' in schema && schema.default !== '' ? [` Default ${JSON.stringify(schema.default)}.`] : []
    yield element(
      'tr',
      inner ? { class: 'inner' } : {},
      element('td', {}, name, ...(must ? [element('span', { class: 'must', title: 'must be there' }, ' *')] : [])),
      element('td', {}, typeOf(schema)),
      element('td', {}, ...marked(schema.description ?? resolved(schema).description ?? ''), ...usual),
    )
    const { items, additionalProperties } = resolved(schema)
    const within = resolved(items ?? (typeof additionalProperties === 'object' ? additionalProperties : schema))
    if (!inner && within.properties !== undefined) yield* rowsOf(within, true)
  }
}

function typeOf({ $ref, type, format, items, additionalProperties, anyOf, enum: values }: Schema): string {
  if ($ref !== undefined) return nameOf($ref)
  if (values !== undefined) return values.join(' | ')
  if (format === 'base64') return 'base 64'
  if (items !== undefined) return `list of ${typeOf(items)}`
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ')
  if (typeof additionalProperties === 'object' && additionalProperties.type !== undefined)
    return `${typeOf(additionalProperties)} by name`
  return { string: 'text', integer: 'integer', boolean: 'true or false', object: 'object' }[type ?? ''] ?? 'JSON'
}

/** `words` in backticks are code. */
function marked(text: string): (HTMLElement | string)[] {
  return text.split(/`([^`]+)`/).map((part, at) => (at % 2 === 1 ? element('code', {}, part) : part))
}

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector)
  if (found === null) throw new Error(`the page has no ${selector}`)
  return found
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Element | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [key_, value] of Object.entries(attributes)) made.setAttribute(key_, value)
  made.append(...children)
  return made
}
