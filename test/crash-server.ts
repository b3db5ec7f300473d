/** A server to be killed: `bun test/crash-server.ts <folder> <port> <namespaces as JSON>`. Prints its address. */
import { logged, startTestServer } from './server.ts'

const [, , folder = '', port = '0'] = process.argv
const server = await startTestServer({ folder, port: Number(port), namespaces: { log: logged } })
console.log(server.url.port)
