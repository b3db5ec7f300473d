"""The toy in Python, with nothing but its library: a WebSocket by hand. `python3 toy.py 1`"""
import base64, json, os, socket, struct, sys

toy = sys.argv[1] if len(sys.argv) > 1 else "1"
host, port = (sys.argv[2] if len(sys.argv) > 2 else "localhost:8000").split(":")

wire = socket.create_connection((host, int(port)))
key = base64.b64encode(os.urandom(16)).decode()
wire.sendall(
    f"GET /u/toy{toy}?to=app{toy}&binary=1 HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
    f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
)
stream = wire.makefile("rb")
while stream.readline() not in (b"\r\n", b""):
    pass

def send(kind, body):  # 1: text, 2: bytes, 10: pong; what a client sends is masked
    mask = os.urandom(4)
    size = struct.pack("!B", 128 | len(body)) if len(body) < 126 else struct.pack("!BH", 254, len(body))
    wire.sendall(bytes([128 | kind]) + size + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(body)))

while head := stream.read(2):
    kind, size = head[0] & 15, head[1] & 127
    if size > 125:
        size = int.from_bytes(stream.read(2 if size == 126 else 8), "big")
    body = stream.read(size)
    if kind == 9:  # a ping: the answer proves that all before it has arrived
        send(10, body)
    elif kind == 2:
        print("a sound of", len(body), "bytes", flush=True)
        send(2, body)
    elif kind == 1 and (message := json.loads(body)).get("from"):
        print(message["from"], "says", message["data"], flush=True)
        send(1, json.dumps({"to": message["from"], "data": message["data"] + "!"}).encode())
