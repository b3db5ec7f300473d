/** The official JavaScript client under test: takes orders by line and tells in JSON what happens (see ../driver.ts). */
import { Centrifuge, type TransportName } from 'centrifuge'
import { Centrifuge as ProtobufCentrifuge } from 'centrifuge/build/protobuf'
import { EventSource, lines } from '../../event-source.ts'

const [encoding, url = '', token = '', channel = ''] = process.argv.slice(2)
const binary = encoding === 'protobuf'
const transport = url.slice(url.lastIndexOf('/') + 1) as TransportName

const tell = (what: object) => console.log(JSON.stringify(what))
const read = (data: unknown): unknown => (binary ? JSON.parse(new TextDecoder().decode(data as Uint8Array)) : data)

const Sdk = binary ? ProtobufCentrifuge : Centrifuge
const sdk = new Sdk([{ transport, endpoint: url }], {
  token,
  websocket: WebSocket,
  fetch,
  readableStream: ReadableStream,
  eventsource: EventSource,
  emulationEndpoint: new URL('/emulation', url.replace('ws', 'http')).href,
  minReconnectDelay: 20,
  maxReconnectDelay: 200,
}) as Centrifuge
sdk.on('connected', ({ client }) => tell({ event: 'connected', client }))
sdk.on('error', ({ error }) => tell({ event: 'error', because: error.message }))
const subscription = sdk.newSubscription(channel, { recoverable: true, positioned: true, joinLeave: true })
subscription.on('subscribed', ({ wasRecovering, recovered }) =>
  tell({ event: 'subscribed', recovering: wasRecovering, recovered }),
)
subscription.on('publication', ({ offset, data }) => tell({ event: 'publication', offset, data: read(data) }))
subscription.on('join', ({ info }) => tell({ event: 'joined', user: info.user }))
subscription.on('leave', ({ info }) => tell({ event: 'left', user: info.user }))
subscription.subscribe()
sdk.connect()

async function obey(order: string, argument: string): Promise<object> {
  if (order === 'publish') {
    await subscription.publish(binary ? new TextEncoder().encode(argument) : JSON.parse(argument))
    return {}
  }
  if (order === 'presence') {
    const { clients } = await subscription.presence()
    return { users: Object.fromEntries(Object.entries(clients).map(([client, { user }]) => [client, user])) }
  }
  const { publications } = await subscription.history({ limit: 100 })
  return { publications: publications.map(({ offset, data }) => ({ offset, data: read(data) })) }
}

for await (const line of lines(new Response(Bun.stdin.stream()))) {
  const [order = '', ...words] = line.split(' ')
  const argument = words.join(' ')
  tell({ answer: order, ...(await obey(order, argument).catch((error: Error) => ({ error: error.message }))) })
}
sdk.disconnect()
