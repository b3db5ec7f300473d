/** A browser as far as it matters to a server: it keeps cookies, and says which page asks. */
import type { ChatServer } from './support.ts'

export class Browser {
  readonly cookies = new Map<string, string>()
  readonly #chat: ChatServer
  /** What the server set last, with its attributes. */
  setCookies: readonly string[] = []

  constructor(chat: ChatServer) {
    this.#chat = chat
  }

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async post(action: string, input: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const response = await fetch(new URL(`/api/chat/${action}`, this.#chat.server.url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.cookies.size > 0 && { cookie: this.cookie }),
        ...headers,
      },
      body: typeof input === 'string' ? input : JSON.stringify(input),
    })
    this.setCookies = response.headers.getSetCookie()
    for (const line of this.setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return response
  }

  /** Whoever the server takes it for; undefined for nobody. */
  async name(): Promise<string | undefined> {
    const response = await this.post('people.me', {})
    if (!response.ok) return undefined
    const { person } = (await response.json()) as { person: { name: string } }
    return person.name
  }
}
