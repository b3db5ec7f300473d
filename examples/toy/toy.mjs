/** The toy as a program, for Node (from 22 on) or Bun: nothing but a WebSocket. `node toy.mjs 1` */
const [id = '1', host = 'localhost:8000'] = process.argv.slice(2)

function wake() {
  const socket = new WebSocket(`ws://${host}/u/toy${id}?to=app${id}&binary=1`)
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('message', ({ data }) => {
    if (typeof data !== 'string') {
      console.log(`a sound of ${data.byteLength} bytes`)
      socket.send(data) // a toy that says everything twice
      return
    }
    const message = JSON.parse(data)
    if (message.from === undefined) return // what became of something that was sent
    console.log(`${message.from} says ${message.data}`)
    socket.send(JSON.stringify({ to: message.from, data: `${message.data}!` }))
  })
  socket.addEventListener('close', () => setTimeout(wake, 1000))
}

wake()
