/** What the handlers of files need to know beside the request: who comes, and to where. */
export interface FileVisit {
  /** '' is nobody. That the request is meant, and not made by a foreign page, has been seen to. */
  readonly user: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** The answer may take its time. */
  readonly hold?: () => void
}

export type FileHandler = (request: Request, visit: FileVisit) => Promise<Response>
