/**
 * The ways in beside WebSocket, as raw requests: what each asks, and how a
 * reader knows that it is in. What is counted is the same for all of them, the
 * `|` of each publication.
 */
export interface Door {
  /** Ready to be sent. `number`: of the reader, of whom no two are the same. */
  request(channel: string, number: number): string
  /** Whether an answer that begins so is one to stay for; undefined if that is not to be seen yet. */
  isIn(answer: string): boolean | undefined
  /** A poll: the answer ends, and is asked for again. */
  readonly polls: boolean
}

export const doors = {
  sse: protocolStream('sse'),
  http_stream: protocolStream('http_stream'),
  'event stream at /c/': eventStream((channel) => `/c/${channel}`),
  'event stream at /u/': eventStream((_channel, number) => `/u/reader-${number}`),
  'long poll at /c/': {
    request: (channel) => get(`/c/${channel}?offset=now&live=long-poll&timeout=60`),
    isIn: () => undefined,
    polls: true,
  },
  'long poll at /u/': {
    request: (_channel, number) => get(`/u/reader-${number}?wait=60`),
    isIn: () => undefined,
    polls: true,
  },
} satisfies Record<string, Door>

export type DoorName = keyof typeof doors

function eventStream(path: (channel: string, number: number) => string): Door {
  return {
    request: (channel, number) => get(path(channel, number), 'Accept: text/event-stream\r\n'),
    isIn: (answer) => (answer.includes('\r\n\r\n') ? answer.startsWith('HTTP/1.1 200 ') : undefined),
    polls: false,
  }
}

function protocolStream(name: string): Door {
  return {
    request: (channel) =>
      post(`/connection/${name}`, `{"id":1,"connect":{}}\n{"id":2,"subscribe":{"channel":"${channel}"}}`),
    isIn: (answer) => (answer.includes('"id":2') ? answer.includes('"id":2,"subscribe":{') : undefined),
    polls: false,
  }
}

function get(path: string, headers = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`
}

function post(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}
