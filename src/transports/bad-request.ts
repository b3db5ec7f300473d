import { ClientError, errors } from '../core/errors.ts'

/** Error 107 with what was wrong: bare hands have no SDK that would have told them. */
export function badRequest(why: string): ClientError {
  const { code, message } = errors.badRequest()
  return new ClientError(code, `${message}: ${why}`)
}
