/**
 * Shapes of what clients send, in any library's words: Standard Schema 1.0
 * (standardschema.dev), which zod, valibot, arktype and others speak. Of it,
 * the part that is used here.
 */
import { ClientError, errors } from '../core/errors.ts'

export interface Schema<Output> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => Checked<Output> | Promise<Checked<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

type Checked<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] }

interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What the schema makes of a value. @throws ClientError 107, saying what is wrong and where */
export async function check<Output>(schema: Schema<Output>, value: unknown): Promise<Output> {
  const checked = await schema['~standard'].validate(value)
  if (checked.issues === undefined) return checked.value
  throw new ClientError(errors.badRequest().code, `bad request: ${checked.issues.slice(0, 5).map(sentence).join('; ')}`)
}

function sentence({ message, path = [] }: Issue): string {
  const place = path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
  return place === '' ? message : `${place}: ${message}`
}
