/** The same bare server on Node and `ws`: the way most would write it, with the writes of a turn joined as in the others. */
import { createServer } from 'node:http'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { WebSocketServer } from 'ws'

const payload = `{"text":"|what one says to the others in a room of a chat","from":"somebody","at":1790000000000}`
const channels = new Map()
let offset = 0
let dirty = []

const server = createServer((request, response) => {
  if (request.method !== 'POST') {
    response.end('{}')
    return
  }
  let text = ''
  request.setEncoding('utf8')
  request.on('data', (part) => (text += part))
  request.on('end', () => {
    const { channel, data } = JSON.parse(text)
    publish(channel, JSON.stringify(data))
    response.setHeader('content-type', 'application/json')
    response.end(`{"result":{"offset":${offset}}}`)
  })
})
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (ws) => {
  const reader = { ws, frames: [], listed: false }
  ws.on('message', (/** @type {Buffer} */ message) => {
    const [, channel] = /"channel":"([^"]*)"/.exec(message.toString())
    if (!channels.has(channel)) channels.set(channel, new Set())
    channels.get(channel).add(reader)
    ws.send('{"id":2,"subscribe":{}}')
  })
})

function publish(channel, data) {
  const frame = `{"push":{"channel":${JSON.stringify(channel)},"pub":{"data":${data},"offset":${++offset}}}}`
  for (const reader of channels.get(channel) ?? []) {
    reader.frames.push(frame)
    if (reader.listed) continue
    reader.listed = true
    if (dirty.push(reader) === 1) setImmediate(flush)
  }
}

function flush() {
  const readers = dirty
  dirty = []
  for (const reader of readers) {
    reader.ws.send(reader.frames.length === 1 ? reader.frames[0] : reader.frames.join('\n'))
    reader.frames = []
    reader.listed = false
  }
}

process.on('message', async (question) => {
  if (question.do === 'publish') {
    let next = 0
    for (let tick = 0; tick < question.ticks; tick++) {
      for (let n = 0; n < question.perTick; n++) publish(`${question.prefix}${next++ % question.channels}`, payload)
      await setTimeout(question.every)
    }
  }
  const { user, system } = process.cpuUsage()
  process.send({ cpu: user + system, rss: process.memoryUsage.rss() })
})
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
